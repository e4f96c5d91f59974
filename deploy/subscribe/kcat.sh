#!/bin/sh
# Keys, places and sizes of a topic with kcat: `sh kcat.sh BROKERS REGISTRY TOPIC [COUNT]`, one JSON object a line.
# A build with Avro (`kcat -V` names "avro") decodes values too: kcat ... -s value=avro -r REGISTRY
set -eu
more=""
if kcat -V | grep -q avro; then more="-s value=avro -r $2"; fi
exec kcat -C -q -e -m 60 -b "$1" -t "$3" -o beginning ${4:+-c "$4"} $more \
  -f '{"key": "%k", "partition": %p, "offset": %o, "milliseconds": %T, "bytes": %S}\n'
