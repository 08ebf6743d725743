used_kib() { df -Pk "$root" | awk 'NR == 2 { print $3 }'; }
size_kib() { du -sk "$1" 2>/dev/null | awk '{ print $1 }'; }
found_kib=0
# Removes one thing, or says that it would.
drop() {
  kib=$(size_kib "$1")
  found_kib=$((found_kib + ${kib:-0}))
  if is_dry_run; then say "would remove: $1, ${kib:-0} KiB"; else
    rm -rf "$1"
    say "removed: $1, ${kib:-0} KiB"
  fi
}
before=$(used_kib)
say "before: $before KiB used, $(df -Pk "$root" | awk 'NR == 2 { print $5 }')"

# Releases beyond current and previous. A deployment at work keeps what it needs: it holds the lock.
is_held=no
if ! is_dry_run && [ -d "$root" ]; then
  exec 9>"$root/.lock"
  flock -w 5 9 || is_held=yes
fi
if [ "$is_held" = yes ]; then
  say 'kept: old releases, because a deployment is under way'
else
  for directory in "$root"/releases/* "$root"/releases/.incoming.*; do
    [ -d "$directory" ] || continue
    name=${directory##*/}
    [ "$name" != "$(release_at current)" ] && [ "$name" != "$(release_at previous)" ] || continue
    drop "$directory"
  done
fi

# Rotated logs. The agent reads a renamed file to its end; an hour is more than it ever needs, and only while it runs.
if [ "$(systemctl is-active amazon-cloudwatch-agent.service 2>/dev/null || true)" = active ]; then
  # Names come from the service's own user and are never split into words: this runs as root.
  for file in "$logs"/*.log* "$logs"/*.emf*; do
    case "$file" in "$log_file" | "$emf_file") continue ;; esac
    [ -f "$file" ] && [ ! -L "$file" ] && [ -n "$(find "$file" -prune -mmin +60 2>/dev/null)" ] || continue
    drop "$file"
  done
else
  say 'kept: rotated logs, because the agent does not run and may not have shipped them'
fi

if is_dry_run; then
  say 'would reduce: the journal to 100 MiB'
  say 'would clean: the package cache'
  done_with "dry run: $found_kib KiB would be freed, and what journal and package cache hold"
fi
journalctl --vacuum-size=100M 2>&1 | tail -n 1 || true
if command -v dnf >/dev/null 2>&1; then timeout 60 dnf --quiet clean packages 2>&1 | tail -n 1 || true; fi
after=$(used_kib)
say "after: $after KiB used, $(df -Pk "$root" | awk 'NR == 2 { print $5 }')"
done_with "freed $((before > after ? before - after : 0)) KiB: before $before, after $after"
