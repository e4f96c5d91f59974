#!/bin/sh
# Build with Maven, then read a topic: `sh run.sh BROKERS REGISTRY TOPIC [COUNT]`.
set -eu
cd "$(dirname "$0")"
mvn -q -B compile dependency:build-classpath >&2
exec java -cp "target/classes:$(cat target/classpath)" Subscriber "$@"
