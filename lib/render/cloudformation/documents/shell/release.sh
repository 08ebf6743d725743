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
# A deployment that was cut off between its switch and its verdict has left this file: nobody has judged `current`.
put_back_unjudged() {
  [ -s "$root/.switching" ] || return 1
  read -r unjudged_from unjudged_to <"$root/.switching" || true
  is_id "$unjudged_from" && is_id "$unjudged_to" && [ -d "$root/releases/$unjudged_from" ] || {
    rm -f "$root/.switching"
    return 1
  }
  say "found: the switch from $unjudged_from to $unjudged_to was cut off before it was judged"
  point current "$unjudged_from"
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
