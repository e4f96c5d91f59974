#!/bin/sh
# Incidents and alerts without Kafka: `sh stream.sh CONSOLE [QUERY] [LAST_EVENT_ID]`, such as
# `sh stream.sh http://127.0.0.1:8710 'family=explosions&country=IQ'`. Server-sent events: each sending ends with an
# `id`; give the last one that you have acted on to go on from there. `event: gone` names what matches no longer.
set -eu
exec curl --no-buffer --silent --fail "$1/api/stream?${2:-}" ${3:+-H "Last-Event-ID: $3"}
