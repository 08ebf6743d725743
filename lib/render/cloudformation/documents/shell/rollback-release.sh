case "$SSM_Release" in
  previous) ;;
  *) is_id "$SSM_Release" || fail 10 'Release is neither previous nor 12 hexadecimal digits; nothing was done' ;;
esac
if ! is_dry_run; then
  lock 20
  if put_back_unjudged; then
    if gate; then done_with "rolled back release $unjudged_to to $unjudged_from"; fi
    fail 17 "release $unjudged_from does not serve ($reason); a person must look"
  fi
fi
now=$(release_at current)
target=$SSM_Release
[ "$target" != previous ] || target=$(release_at previous)
show_releases
[ -n "$target" ] || fail 18 "there is no previous release to roll back to; ${now:-nothing} stays"
if [ "$target" = "$now" ]; then
  is_ready && done_with "release $now is current and ready already; nothing was done"
  fail 18 "release $now is current already and is not ready; there is nothing to roll back to"
fi
[ -d "$root/releases/$target" ] || fail 18 "release $target is not on the disk any more; $now stays"
! is_bad "$target" || fail 19 "release $target is marked bad ($(cat "$root/bad/$target")); $now stays"
if is_dry_run; then done_with "dry run: would roll back release $now to $target"; fi

if [ -n "$now" ]; then
  # So that neither a second rollback nor a deployment brings it back by mistake; before the switch, so that what finds
  # that cut off knows which of the two is the bad one.
  mark_bad "$now" "rolled back to $target"
  printf '%s %s\n' "$now" "$target" >"$root/.switching"
fi
point current "$target"
say "switched: ${now:-none} -> $target"
if gate; then
  # What was left is bad, so there is no previous one until the next deployment.
  rm -f "$root/previous" "$root/.switching"
  done_with "rolled back release ${now:-none} to $target"
fi
mark_bad "$target" "refused by the gate: $reason"
[ -n "$now" ] || fail 17 "release $target did not pass the gate ($reason), and there is none to go back to; a person must look"
rm -f "$root/bad/$now"
go_back "$now" "$target"
