#!/bin/sh
# The first boot, one step a call: sh bootstrap.sh packages|users|place|configure|observe|start|verify
# Each step can be run again at any time and then changes nothing. cfn-init runs them in this order; the first that
# fails fails the deployment, and says so in one line with the end of its output.
# VIGIA_ROOT puts another directory in the place of /, and every program is looked up through PATH.
set -eu

root=${VIGIA_ROOT:-}
scripts=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=/dev/null
. "$scripts/host.env"
unit=vigia-$VIGIA_SERVICE.service
home=/opt/vigia/$VIGIA_SERVICE
state=/var/lib/vigia/$VIGIA_SERVICE
# The programs of AWS lie in no directory of the usual path.
PATH=$PATH:/opt/aws/amazon-cloudwatch-agent/bin:/opt/aws/bin

step_packages() {
  # The image is locked to a release of the repositories: without a release of our own its versions are installed.
  # The list and the release are words of ours, checked at synthesis.
  # shellcheck disable=SC2086
  dnf install -y ${VIGIA_PACKAGE_RELEASE:+--releasever=$VIGIA_PACKAGE_RELEASE} $VIGIA_PACKAGES
  # What is running here, for whoever reads this log later.
  # shellcheck disable=SC2086
  rpm -q $VIGIA_PACKAGES
}

step_users() {
  # The agent's package makes its user; whether every build of it does is not promised.
  for user in "$VIGIA_USER" cwagent; do
    getent passwd "$user" >/dev/null || useradd --system --user-group --shell /sbin/nologin "$user"
  done
  # The agent runs as cwagent and reads the service's logs through the group.
  usermod -aG "$VIGIA_USER" cwagent
}

step_place() {
  cd "$root$home"
  [ -d "releases/$VIGIA_RELEASE" ] || fail "releases/$VIGIA_RELEASE is not there; cfn-init unpacks it first"
  # A later release may be the current one by now: the first boot only fills an empty place.
  [ -L current ] || ln -s "releases/$VIGIA_RELEASE" current
  # What the archive's and root's own masks leave is chance: the service reads its release and nothing more.
  chown -R "root:$VIGIA_USER" "$root/opt/vigia"
  chmod -R u=rwX,g=rX,o= "$root/opt/vigia"
  mkdir -p "$root$state"
  sh "$scripts/rotation.sh" install
}

step_configure() {
  VIGIA_REVISION=current sh "$scripts/configure.sh"
}

step_observe() {
  # Before the service: the log of one that does not start must outlive the host.
  amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c "file:$root/etc/vigia/$VIGIA_SERVICE.agent.json"
}

step_start() {
  systemctl enable "$unit"
  # Returns only when the service is ready: the unit's ExecStartPost waits for it.
  systemctl start "$unit"
  systemctl enable --now "vigia-$VIGIA_SERVICE-rotate.timer"
}

step_verify() {
  systemctl is-active "$unit"
  environment=$root/etc/vigia/$VIGIA_SERVICE.env
  VIGIA_READY_PATH=$(sed -n 's/^VIGIA_READY_PATH=//p' "$environment")
  VIGIA_PORT=${VIGIA_PORT:-$(sed -n 's/^VIGIA_PORT=//p' "$environment")}
  export VIGIA_PORT VIGIA_READY_PATH
  sh "$scripts/ready.sh" 120
  systemctl is-active amazon-cloudwatch-agent.service
  # A clock that is wrong puts every metric into the wrong minute. A minute of tries, half a second of error.
  systemctl is-active chronyd.service
  chronyc -n waitsync 12 0.5 0 5
  : >"$root$state/booted"
}

fail() {
  echo "$*" >&2
  exit 1
}

# The end of what the service said, where a failed start has its reason.
evidence() {
  journalctl --unit "$unit" --lines 15 --no-pager --output cat || true
  tail -n 15 "$root/var/log/vigia-$VIGIA_SERVICE/service.log" 2>/dev/null || true
}

main() {
  step=$1
  log=$root/var/log/vigia-boot-$VIGIA_SERVICE-$step.log
  mkdir -p "$root/var/log"
  echo "first boot, $step: begins"
  status=0
  # A shell of its own: in this one, where the result is looked at, errors would not end the step.
  sh "$scripts/bootstrap.sh" --inside "$step" >"$log" 2>&1 || status=$?
  cat "$log"
  if [ "$status" -eq 0 ]; then
    echo "first boot, $step: done"
    return 0
  fi
  case $step in start | verify) evidence ;; esac
  reason=$(grep -v '^[[:space:]]*$' "$log" | tail -n 1)
  verdict="first boot, $step: failed with $status, got '$reason', expected it to end well; see $log"
  echo "$verdict" >&2
  tell_stack "$verdict"
  exit "$status"
}

# The rollback takes the host and its logs away: the reason goes to the stack's events and to the instance's console.
# How this host signals stands in the user data that CloudFormation gave it; in the library's own words no reason does.
tell_stack() {
  if [ -z "$root" ]; then echo "$1" 2>/dev/null >/dev/console || true; fi
  signal=$(sed -n 's/.*cfn-signal -e \$? //p' "$root/var/lib/cloud/instance/user-data.txt" 2>/dev/null | head -n 1)
  if [ -e "$root$state/booted" ] || [ -z "$signal" ]; then return 0; fi
  # Words of CloudFormation's own: options and names without blanks.
  # shellcheck disable=SC2086
  cfn-signal -e 1 -r "$1" $signal || true
}

case ${1:-} in
  --inside) "step_$2" ;;
  packages | users | place | configure | observe | start | verify) main "$1" ;;
  *)
    echo "bootstrap: no such step, got '${1:-}', expected packages, users, place, configure, observe, start or verify" >&2
    exit 2
    ;;
esac
