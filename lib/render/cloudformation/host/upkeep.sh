#!/bin/sh
# What the operating system may do by itself: sh upkeep.sh apply|update
# The repositories are locked to the image's release, so ready-made updaters find nothing to do; this one looks beyond
# the lock and takes packages with a security advisory only. Nothing reboots: a new kernel waits for a person, or for the
# next host.
set -eu

root=${VIGIA_ROOT:-}
scripts=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=/dev/null
. "$scripts/host.env"
name=vigia-$VIGIA_SERVICE-updates
units=$root/etc/systemd/system

apply() {
  # Without the file, as before the first one came, nothing is done.
  updates=$(sed -n 's/^updates=//p' "$root/etc/vigia/$VIGIA_SERVICE.upkeep" 2>/dev/null || echo off)
  if [ "$updates" = off ]; then
    if [ -e "$units/$name.timer" ]; then systemctl disable --now "$name.timer"; fi
    echo 'updates: off'
    return 0
  fi
  mkdir -p "$units"
  cat >"$units/$name.service" <<END
[Unit]
Description=Installs security updates
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=/bin/sh $scripts/upkeep.sh update
TimeoutStartSec=30min
END
  # At night, and not on all hosts at once.
  cat >"$units/$name.timer" <<END
[Unit]
Description=Installs security updates every night

[Timer]
OnCalendar=*-*-* 03:00
RandomizedDelaySec=2h
Persistent=true

[Install]
WantedBy=timers.target
END
  systemctl daemon-reload
  systemctl enable --now "$name.timer"
  echo 'updates: security, every night'
}

update() {
  # shellcheck disable=SC2086
  before=$(rpm -q $VIGIA_PACKAGES || true)
  dnf upgrade -y --security --releasever=latest
  # shellcheck disable=SC2086
  after=$(rpm -q $VIGIA_PACKAGES || true)
  if [ "$before" != "$after" ]; then
    # After a release that is being deployed: its gate would take the restart for a crash.
    exec 9>"$root/opt/vigia/$VIGIA_SERVICE/.lock"
    flock -w 900 9
    echo 'updates: what the service runs on is new, it is restarted'
    systemctl try-restart "vigia-$VIGIA_SERVICE.service"
  fi
  dnf needs-restarting -r || echo 'updates: something waits for a reboot, such as a kernel; replace or reboot the host'
}

case ${1:-} in
  apply | update) "$1" ;;
  *)
    echo "upkeep: no such call, got '${1:-}', expected apply or update" >&2
    exit 2
    ;;
esac
