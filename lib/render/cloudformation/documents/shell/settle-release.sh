# Runs whatever happened before: a step that was killed at its time limit must not leave a release that nobody has judged.
if [ -s "$root/.switching" ] && ! is_dry_run; then
  exec 9>"$root/.lock"
  # Held: somebody else is at work, and judges it.
  if flock -w 2 9 && put_back_unjudged; then
    if gate; then say "put back: $unjudged_from serves again"; else say "put back: $unjudged_from, which is not ready: $reason"; fi
  fi
fi
show_releases
systemctl show "$unit" --property=ActiveState,SubState,NRestarts,MainPID || true
