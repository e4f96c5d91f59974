#!/usr/bin/env bash
# Installs what tests on real parts need and this machine lacks: Java, Maven (which fetches Kafka), ClickHouse server,
# ZooKeeper (for a cluster of ClickHouse), Prometheus, Chromium and npm for the console's pages.
# For Debian and its relatives; elsewhere it says what to install. Safe to repeat.
set -euo pipefail

PATH="$PATH:/usr/sbin" # where Debian puts clickhouse-server
packages=()
command -v java >/dev/null || packages+=(default-jre-headless)
command -v mvn >/dev/null || packages+=(maven)
command -v clickhouse-server >/dev/null || command -v clickhouse >/dev/null || packages+=(clickhouse-server)
[ -e /usr/share/java/zookeeper.jar ] || packages+=(zookeeper)
command -v prometheus >/dev/null || packages+=(prometheus)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || packages+=(chromium)
command -v npm >/dev/null || packages+=(npm)

if [ "${#packages[@]}" -eq 0 ]; then
  echo "real parts: Java, Maven, ClickHouse, ZooKeeper, Prometheus, Chromium and npm are installed"
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "real parts: install Java 17 or later, Maven, ClickHouse (https://clickhouse.com/docs/install), ZooKeeper, Prometheus, Chromium and npm by hand;" >&2
  echo "missing here, by their Debian names: ${packages[*]}" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "real parts: as root run: apt-get update && apt-get install --no-install-recommends ${packages[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
for package in "${packages[@]}"; do
  if ! apt-cache show "$package" >/dev/null 2>&1; then
    echo "real parts: this release has no package $package; ClickHouse is also at https://clickhouse.com/docs/install" >&2
    exit 1
  fi
done
apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null
echo "real parts: installed ${packages[*]}"
