# Releases lie in directories named by their content; `current` and `previous` are links to two of them.
umask 027
# The release that a link points to; nothing where there is no link.
release_at() {
  [ -L "$root/$1" ] || return 0
  target=$(readlink "$root/$1")
  printf '%s' "${target##*/}"
}
is_id() {
  case "$1" in
    *[!0-9a-f]* | '') return 1 ;;
  esac
  [ "${#1}" -eq 12 ]
}
# A link is renamed into place: at no moment is there none.
point() {
  rm -f "$root/.$1.new"
  ln -s "releases/$2" "$root/.$1.new"
  mv -T "$root/.$1.new" "$root/$1"
}
# One at a time; the lock goes with the process that holds it, however it ends.
lock() {
  exec 9>"$root/.lock"
  flock -w "$1" 9 || fail 11 "another deployment holds $root/.lock; nothing was done"
}
mark_bad() {
  mkdir -p "$root/bad"
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" >"$root/bad/$1"
}
is_bad() { [ -e "$root/bad/$1" ]; }
# A switch that was cut off before its verdict has left this file: nobody has judged `current`. What a deployment began
# is undone. A rollback has marked what it left before it switched, so it is finished: undoing it would bring the bad one back.
put_back_unjudged() {
  [ -s "$root/.switching" ] || return 1
  read -r unjudged_from unjudged_to <"$root/.switching" || true
  is_id "$unjudged_from" && is_id "$unjudged_to" && [ -d "$root/releases/$unjudged_from" ] || {
    rm -f "$root/.switching"
    return 1
  }
  if is_bad "$unjudged_from" && ! is_bad "$unjudged_to" && [ -d "$root/releases/$unjudged_to" ]; then
    say "found: the rollback of $unjudged_from to $unjudged_to was cut off before it was judged"
    left=$unjudged_from
    unjudged_from=$unjudged_to
    unjudged_to=$left
    point current "$unjudged_from"
    rm -f "$root/previous" "$root/.switching"
    return 0
  fi
  say "found: the switch from $unjudged_from to $unjudged_to was cut off before it was judged"
  point current "$unjudged_from"
  mark_bad "$unjudged_to" 'its deployment was cut off before it was judged'
  rm -f "$root/.switching"
}
# Keeps current, previous and the newest other one; whatever else is there has been replaced twice.
prune() {
  kept=0
  for name in $(ls -1t "$root/releases"); do
    is_id "$name" || continue
    [ "$name" != "$(release_at current)" ] && [ "$name" != "$(release_at previous)" ] || continue
    kept=$((kept + 1))
    [ "$kept" -gt 1 ] || continue
    rm -rf "$root/releases/$name"
    say "removed: release $name"
  done
}
show_releases() {
  now=$(release_at current)
  before=$(release_at previous)
  say "current: ${now:-none}, previous: ${before:-none}, on disk: $(ls -1 "$root/releases" 2>/dev/null | tr '\n' ' ')"
}
