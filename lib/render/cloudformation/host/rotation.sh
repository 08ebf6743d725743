#!/bin/sh
# Log rotation that loses no line which the agent has not shipped: sh rotation.sh install|run|gate FILE|after FILE|thaw
# A file is renamed only when the agent's own record says that it has read it to its end. While files change places the
# agent is held still: it reads a renamed file to the end it finds and stops, so whatever the service wrote to it after
# that look would be lost. Only a volume that is nearly full breaks the rule, and what that costs is written down.
# The agent's record (first line: bytes shipped; third: which) is read from its published source, not documented.
set -eu

root=${VIGIA_ROOT:-}
scripts=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=/dev/null
. "$scripts/host.env"
service=vigia-$VIGIA_SERVICE.service
agent=amazon-cloudwatch-agent.service
logs=$root/var/log/vigia-$VIGIA_SERVICE
state=$root/var/lib/vigia/$VIGIA_SERVICE
settings=$root/etc/vigia/$VIGIA_SERVICE.logrotate
records=$root/opt/aws/amazon-cloudwatch-agent/logs/state

# What the agent may have read and not yet reported: it reports every tenth of a second and sends every second.
in_flight_bytes=1048576
# The disk alarm has called people by then; beyond it the service's own files could not grow either.
full_percent=95

install() {
  mkdir -p "$root/etc/vigia" "$root/etc/systemd/system" "$state"
  cat >"$settings" <<END
$logs/service.log $logs/metrics.emf {
  size 100M
  rotate 2
  missingok
  notifempty
  nosharedscripts
  create 0640 $VIGIA_USER $VIGIA_USER
  su $VIGIA_USER $VIGIA_USER
  prerotate
    sh $scripts/rotation.sh gate "\$1"
  endscript
  postrotate
    sh $scripts/rotation.sh after "\$1"
  endscript
}
END
  chmod 0644 "$settings"
  cat >"$root/etc/systemd/system/vigia-$VIGIA_SERVICE-rotate.service" <<END
[Unit]
Description=Rotates the logs of $VIGIA_SERVICE that the agent has shipped

[Service]
Type=oneshot
ExecStart=/bin/sh $scripts/rotation.sh run
# Whatever becomes of the rotation, the agent is never left standing.
ExecStopPost=/bin/sh $scripts/rotation.sh thaw
TimeoutStartSec=120
END
  # At a hundred predictions a second the log may grow by two gigabytes a day: the daily rotation is too rare.
  cat >"$root/etc/systemd/system/vigia-$VIGIA_SERVICE-rotate.timer" <<END
[Unit]
Description=Looks every five minutes whether logs of $VIGIA_SERVICE can be rotated

[Timer]
OnCalendar=*:0/5

[Install]
WantedBy=timers.target
END
  systemctl daemon-reload
}

# Bytes of the file that the agent has shipped without a gap from its beginning; 0 when nothing is known.
shipped() {
  record=$records/$(printf '%s' "${1#"$root"}" | tr '/ :' '___')
  if [ ! -r "$record" ]; then
    echo 0
    return 0
  fi
  ranges=$(sed -n 3p "$record")
  case ${ranges%%,*} in
    '') sed -n 1p "$record" ;;
    0-[0-9]*) first=${ranges%%,*}; echo "${first#0-}" ;;
    *) echo 0 ;;
  esac
}

is_nearly_full() {
  used=$(df --output=pcent "$logs" | tail -n 1 | tr -dc 0-9)
  [ "$used" -ge "$full_percent" ]
}

freeze() {
  if systemctl is-active --quiet "$agent"; then systemctl kill --kill-who=main --signal=SIGSTOP "$agent"; fi
}

thaw() {
  if systemctl is-active --quiet "$agent"; then systemctl kill --kill-who=main --signal=SIGCONT "$agent"; fi
}

gate() {
  size=$(stat -c %s "$1")
  sent=$(shipped "$1")
  # A record beyond the end is that of an earlier file of this name.
  [ "$sent" -le "$size" ] || sent=0
  left=$((size - sent))
  if systemctl is-active --quiet "$agent" && [ "$left" -le "$in_flight_bytes" ]; then
    freeze
    return 0
  fi
  if is_nearly_full; then
    echo "$left" >"$state/losing-$(basename "$1")"
    freeze
    return 0
  fi
  echo "rotation: $1 stays, the agent has shipped $sent of its $size bytes" >&2
  return 1
}

after() {
  systemctl reload "$service" || true
  # Until the service has let go of the renamed file; three seconds are many times what a signal takes.
  pid=$(systemctl show "$service" --property=MainPID | sed 's/^MainPID=//')
  tries=0
  while [ "$tries" -lt 30 ] && holds "$pid" "$1.1"; do
    tries=$((tries + 1))
    sleep 0.1
  done
  if [ -e "$state/losing-$(basename "$1")" ]; then tell_loss "$1"; fi
  thaw
}

# Whether the process still has the file open.
holds() {
  for descriptor in "/proc/$1/fd"/*; do
    if [ "$(readlink "$descriptor" 2>/dev/null || true)" = "$2" ]; then return 0; fi
  done
  return 1
}

# A forced rotation is counted, and said where people look: in the service's own log, which goes on.
tell_loss() {
  losing=$state/losing-$(basename "$1")
  lost=$(cat "$losing")
  total=$(($(cat "$state/lost-bytes" 2>/dev/null || echo 0) + lost))
  echo "$total" >"$state/lost-bytes"
  rm -f "$losing"
  # An agent that is down would go on from where it was in the file that is gone.
  if ! systemctl is-active --quiet "$agent"; then
    rm -f "$records/$(printf '%s' "${1#"$root"}" | tr '/ :' '___')"
  fi
  message="rotation: the volume is nearly full, $lost bytes of $1 may never be shipped, $total so far"
  echo "$message" >&2
  printf '{"level":"error","time":"%s","service":"%s","msg":"%s","lostBytes":%s,"lostBytesTotal":%s}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" "$VIGIA_SERVICE" "$message" "$lost" "$total" |
    dd of="$logs/service.log" oflag=append,nofollow conv=notrunc status=none || true
}

# The directory is the service's own and this is root: no name in it is followed to anywhere else.
# The oldest first, until there is room. Emptied before it is removed: a reader that holds it open would keep its blocks.
make_room() {
  for generation in 2 1; do
    for file in "$logs/service.log" "$logs/metrics.emf"; do
      if [ -e "$file.$generation" ] && is_nearly_full; then
        dd if=/dev/null of="$file.$generation" oflag=nofollow status=none || true
        rm -f "$file.$generation"
        echo "rotation: $file.$generation removed, the volume is nearly full" >&2
      fi
    done
  done
}

run() {
  mkdir -p "$state"
  trap thaw EXIT
  force=''
  if is_nearly_full; then
    make_room
    if is_nearly_full; then force=--force; fi
  fi
  status=0
  logrotate $force --state "$state/logrotate.state" "$settings" || status=$?
  if [ -n "$force" ]; then make_room; fi
  return "$status"
}

case ${1:-} in
  install | run | thaw) "$1" ;;
  gate | after) "$1" "$2" ;;
  *)
    echo "rotation: no such call, got '${1:-}', expected install, run, gate FILE, after FILE or thaw" >&2
    exit 2
    ;;
esac
