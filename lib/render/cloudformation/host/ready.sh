#!/bin/sh
# Waits until the service answers its health path with 200: sh ready.sh SECONDS. Needs nothing but curl, so that a service
# in any language can be waited for. VIGIA_PORT and VIGIA_READY_PATH say where it is asked.
set -eu

limit=$1
url=http://127.0.0.1:$VIGIA_PORT${VIGIA_READY_PATH:-/health/ready}
end=$(($(date +%s) + limit))
while [ "$(date +%s)" -lt "$end" ]; do
  if curl --silent --fail --max-time 2 --output /dev/null "$url"; then exit 0; fi
  # systemd names the unit's own process here: nobody will answer once it has ended.
  if [ -n "${MAINPID:-}" ] && ! kill -0 "$MAINPID" 2>/dev/null; then
    echo "$url: never ready, got the end of process $MAINPID, expected it to live" >&2
    exit 1
  fi
  sleep 0.5
done
echo "$url: not ready, expected status 200 within $limit s; see the service's log" >&2
exit 1
