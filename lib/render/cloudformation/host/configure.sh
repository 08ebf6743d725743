#!/bin/sh
# Brings this host to a revision of its configuration in Parameter Store. Writes only what differs; checks it first;
# reloads the service when its switches or health checks changed, restarts it when its environment or unit did, gives the agent its
# configuration again when that changed. When the service does not become ready, the earlier files come back.
# The first boot runs this file, and the document apply-configuration holds the same text.
set -eu

root=${VIGIA_ROOT:-}
scripts=${VIGIA_SCRIPTS:-$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)}
# shellcheck source=/dev/null
. "$scripts/host.env"
revision=${VIGIA_REVISION:-current}
dry_run=${VIGIA_DRY_RUN:-no}
unit=vigia-$VIGIA_SERVICE.service
names='environment switches health unit agent upkeep'
PATH=$PATH:/opt/aws/amazon-cloudwatch-agent/bin

# Two at the same time would put each other's files back.
mkdir -p "$root/run"
if command -v flock >/dev/null; then
  exec 9>"$root/run/vigia-$VIGIA_SERVICE-configure.lock"
  flock -w 60 9 || { echo 'configuration: another run holds the lock for a minute already; try again' >&2; exit 1; }
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/new"
# What stood here before, until the files after it have proved themselves. A run that is cut off (a time limit, a reboot, a
# full disk) leaves this behind, and the next one knows by it what is written and not yet in use.
earlier=$root/var/lib/vigia/$VIGIA_SERVICE/earlier

path_of() {
  case $1 in
    environment) echo "$root/etc/vigia/$VIGIA_SERVICE.env" ;;
    switches) echo "$root/etc/vigia/$VIGIA_SERVICE.switches.json" ;;
    health) echo "$root/etc/vigia/$VIGIA_SERVICE.health.json" ;;
    unit) echo "$root/etc/systemd/system/$unit" ;;
    agent) echo "$root/etc/vigia/$VIGIA_SERVICE.agent.json" ;;
    upkeep) echo "$root/etc/vigia/$VIGIA_SERVICE.upkeep" ;;
  esac
}

parameter() {
  aws ssm get-parameter --region "$VIGIA_REGION" --name "$VIGIA_PARAMETERS/$1" --query Parameter.Value --output text
}

is_json() {
  "$VIGIA_NODE" -e 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"))' "$1"
}

check() {
  file=$work/new/$1
  case $1 in
    environment) ! grep -vnE '^[A-Z][A-Z0-9_]*=' "$file" ;;
    switches | health | agent) is_json "$file" ;;
    unit)
      mkdir -p "$work/verify"
      cp "$file" "$work/verify/$unit"
      systemd-analyze verify "$work/verify/$unit"
      ;;
    upkeep) grep -qxE 'updates=(security|off)' "$file" ;;
  esac
}

is_unproved() { [ -e "$earlier/$1" ] || [ -e "$earlier/$1.none" ]; }

has_changed() {
  case " $changed " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

# Not set -e, which means nothing where a result is looked at: each command that matters says what follows its failure.
apply() {
  if has_changed unit; then systemctl daemon-reload || return 1; fi
  if has_changed upkeep; then sh "$scripts/upkeep.sh" apply || return 1; fi
  if has_changed agent && systemctl is-active --quiet amazon-cloudwatch-agent.service; then
    amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c "file:$(path_of agent)" || return 1
  fi
  if has_changed environment || has_changed unit; then
    state=$(systemctl show "$unit" --property=ActiveState | sed -n 's/^ActiveState=//p')
    case $state in
      # One that was stopped on purpose, or has not been started yet, stays so.
      inactive | deactivating) ;;
      # One that is just starting has read the files before these.
      *)
        systemctl reset-failed "$unit" || true
        systemctl restart "$unit" || return 1
        echo "configuration: $unit restarted and is ready"
        ;;
    esac
  elif { has_changed switches || has_changed health; } && systemctl is-active --quiet "$unit"; then
    systemctl reload "$unit" || return 1
    echo "configuration: $unit reloaded"
  fi
}

# Renamed into place: whoever reads it meanwhile has the old or the new file, never half of one.
put() {
  cp -p "$1" "$2.new"
  mv -f "$2.new" "$2"
}

keep_earlier() {
  mkdir -p "$earlier"
  for name in $changed; do
    # What a cut-off run kept is what worked; what it wrote is not.
    if is_unproved "$name"; then continue; fi
    if [ -e "$(path_of "$name")" ]; then put "$(path_of "$name")" "$earlier/$name"; else : >"$earlier/$name.none"; fi
  done
}

put_back() {
  for name in $changed; do
    if [ -e "$earlier/$name" ]; then put "$earlier/$name" "$(path_of "$name")"; else rm -f "$(path_of "$name")"; fi
  done
}

# Keys of a backend for traces: a parameter of their own, because those of the configuration are no secrets. The service
# reads the file again for each batch, so a new key needs one run of this and no restart. Predictions do without it.
fetch_traces_headers() {
  secret=$(sed -n 's/^VIGIA_TRACES_HEADERS_PARAMETER=//p' "$work/new/environment")
  file=$(sed -n 's/^VIGIA_TRACES_HEADERS_FILE=//p' "$work/new/environment")
  if [ -z "$secret" ] || [ "$dry_run" = yes ]; then return 0; fi
  (umask 027 && mkdir -p "$root$(dirname "$file")" && : >"$root$file.new")
  if aws ssm get-parameter --region "$VIGIA_REGION" --name "$secret" --with-decryption \
    --query Parameter.Value --output text >"$root$file.new"; then
    chown "root:$VIGIA_USER" "$root$file.new"
    mv -f "$root$file.new" "$root$file"
  else
    rm -f "$root$file.new"
    echo "configuration: $secret cannot be read; traces are sent with the headers that are there" >&2
  fi
}

if [ "$revision" = current ]; then revision=$(parameter revision); fi
changed=''
for name in $names; do
  parameter "$revision/$name" >"$work/new/$name" ||
    { echo "configuration: $VIGIA_PARAMETERS/$revision/$name cannot be read; nothing was changed" >&2; exit 1; }
  if is_unproved "$name" || ! cmp -s "$work/new/$name" "$(path_of "$name")"; then changed="$changed $name"; fi
done
fetch_traces_headers
if [ -z "$changed" ]; then
  echo "configuration: revision $revision is in place, nothing to change"
  exit 0
fi
for name in $changed; do
  check "$name" ||
    { echo "configuration: $name of revision $revision is not usable; nothing was changed" >&2; exit 1; }
done
echo "configuration: revision $revision changes$changed"
if [ "$dry_run" = yes ]; then
  echo 'configuration: dry run, nothing was changed'
  exit 0
fi

# A release under its gate would be refused, and marked bad, for a restart that is ours.
home=$root/opt/vigia/$VIGIA_SERVICE
if [ -d "$home" ] && command -v flock >/dev/null; then
  exec 8>"$home/.lock"
  flock -w 60 8 || { echo 'configuration: a release is being deployed for a minute already; nothing was changed, try again' >&2; exit 1; }
fi
keep_earlier
for name in $changed; do
  path=$(path_of "$name")
  mkdir -p "$(dirname "$path")"
  chmod 0644 "$work/new/$name"
  put "$work/new/$name" "$path"
done
if apply; then
  rm -rf "$earlier"
  echo "configuration: revision $revision is in place"
  exit 0
fi
echo "configuration: revision $revision does not work here; last lines of $unit:" >&2
journalctl --unit "$unit" --lines 10 --no-pager --output cat >&2 || true
put_back
if apply; then
  rm -rf "$earlier"
  echo "configuration: the earlier files are back and work; got revision $revision, expected one that works" >&2
else
  echo "configuration: the earlier files are back, but $unit does not become ready with them either" >&2
fi
exit 1
