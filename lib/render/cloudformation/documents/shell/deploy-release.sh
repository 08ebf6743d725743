id=$SSM_Release
is_id "$id" || fail 10 'Release is not 12 hexadecimal digits; nothing was done'
case "$SSM_Sha256" in
  *[!0-9a-f]* | '') fail 10 'Sha256 is not hexadecimal; nothing was done' ;;
esac
[ "${#SSM_Sha256}" -eq 64 ] || fail 10 'Sha256 does not have 64 digits; nothing was done'
case "$SSM_Source" in
  *[!a-zA-Z0-9._/:-]*) fail 10 'Source holds characters that no archive of ours has; nothing was done' ;;
  s3://?*/?*.tar.gz) ;;
  *) fail 10 'Source is not s3://BUCKET/KEY.tar.gz; nothing was done' ;;
esac
case "$SSM_AllowBad" in
  yes | no) ;;
  *) fail 10 'AllowBad is neither yes nor no; nothing was done' ;;
esac

# Kilobytes free where releases lie.
free_kib() { df -Pk "$root" | awk 'NR == 2 { print $4 }'; }
# What the archive may not bring the disk below: a full disk stops the logs, and the alarm is nearer than that.
reserve_kib=$((512 * 1024))
has_place() { [ "$(free_kib)" -ge $((reserve_kib + $1)) ]; }
id_within() { sed -n 's/.*"release"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$1/release.json" 2>/dev/null | head -n 1; }

[ -d "$root/releases" ] || fail 18 "$root/releases does not exist: the first boot has not placed a release"
if is_dry_run; then
  show_releases
  say "free: $(($(free_kib) / 1024)) MiB"
  is_bad "$id" && say "marked bad: $(cat "$root/bad/$id")"
  [ "$(release_at current)" != "$id" ] || done_with "dry run: release $id is current already; nothing would be done"
  [ ! -d "$root/releases/$id" ] || done_with "dry run: would switch $(release_at current) -> $id, which is on the disk"
  done_with "dry run: would fetch $SSM_Source, check it, and switch $(release_at current) -> $id"
fi

lock 20
if put_back_unjudged; then
  gate || say "put back: $unjudged_from, which is not ready: $reason"
fi
show_releases
now=$(release_at current)
if [ "$now" = "$id" ]; then
  is_ready && done_with "release $id is current and ready already; nothing was done"
  fail 16 "release $id is current already and is not ready; restart it or roll back"
fi
if is_bad "$id" && [ "$SSM_AllowBad" = no ]; then
  fail 19 "release $id is marked bad ($(cat "$root/bad/$id")); pass AllowBad=yes to try it again"
fi
has_place 0 || fail 12 "$(($(free_kib) / 1024)) MiB are free, 512 must stay; run free-disk first"

# Under the lock nobody else is at work, so these are left from one that was cut off.
rm -rf "$root"/releases/.incoming.*
if [ -d "$root/releases/$id" ] && [ "$(id_within "$root/releases/$id")" = "$id" ]; then
  say "found: release $id is on the disk already, so nothing was fetched"
else
  work=$(mktemp -d "$root/releases/.incoming.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  archive=$work/archive.tar.gz
  timeout "$fetch_seconds" aws s3 cp "$SSM_Source" "$archive" --only-show-errors 9>&- ||
    fail 13 "$SSM_Source could not be fetched within $fetch_seconds s; nothing was changed"
  actual=$(sha256sum "$archive")
  actual=${actual%% *}
  [ "$actual" = "$SSM_Sha256" ] || fail 14 "the archive's sha256 is $actual, expected $SSM_Sha256; nothing was changed"
  say "fetched: $(wc -c <"$archive") bytes, sha256 as expected"
  # Names first, and only plain files and directories: nothing may reach outside of its directory.
  timeout "$unpack_seconds" tar -tvzPf "$archive" >"$work/listing" 2>/dev/null && tar -tzPf "$archive" >"$work/names" 2>/dev/null ||
    fail 15 'the archive cannot be read as tar.gz; nothing was changed'
  if grep -Eq '^/|(^|/)\.\.(/|$)' "$work/names" || grep -Evq '^[-d]' "$work/listing"; then
    fail 15 'the archive holds links, devices or paths that lead outside; nothing was changed'
  fi
  unpacked_kib=$(awk '{ sum += $3 } END { printf "%d", sum / 1024 + 1 }' "$work/listing")
  has_place "$unpacked_kib" || fail 12 "the release needs $((unpacked_kib / 1024)) MiB beyond the 512 that must stay free; run free-disk first"
  mkdir "$work/release"
  timeout "$unpack_seconds" tar -xzf "$archive" -C "$work/release" --no-same-owner --no-same-permissions ||
    fail 15 'the archive could not be unpacked; nothing was changed'
  [ "$(id_within "$work/release")" = "$id" ] ||
    fail 15 "the archive's release.json does not name release $id; nothing was changed"
  # The service reads its release and nothing more.
  chown -R "root:$group" "$work/release"
  chmod -R u=rwX,g=rX,o= "$work/release"
  rm -rf "$root/releases/$id"
  mv "$work/release" "$root/releases/$id"
  rm -rf "$work"
  say "placed: release $id, $((unpacked_kib / 1024)) MiB"
fi

# An image may take longer to come than a start may take: it comes now, while the earlier release serves.
if [ -e "$root/releases/$id/container.env" ]; then
  login=$(mktemp -d)
  status=0
  DOCKER_CONFIG=$login VIGIA_RELEASE_DIRECTORY=$root/releases/$id timeout "$fetch_seconds" sh "$root/host/container.sh" pull 9>&- || status=$?
  # The registry's password lies there.
  rm -rf "$login"
  [ "$status" -eq 0 ] || fail 13 "the image of release $id could not be fetched within $fetch_seconds s; nothing was changed"
  say "fetched: the image of release $id"
fi

rm -f "$root/bad/$id"
if [ -n "$now" ]; then printf '%s %s\n' "$now" "$id" >"$root/.switching"; fi
point current "$id"
say "switched: ${now:-none} -> $id"
if gate; then
  if [ -n "$now" ]; then point previous "$now"; fi
  rm -f "$root/.switching"
  prune
  done_with "deployed release $id, before it ${now:-none}"
fi
mark_bad "$id" "refused by the gate: $reason"
[ -n "$now" ] || fail 17 "release $id did not pass the gate ($reason), and there is none to go back to; a person must look"
go_back "$now" "$id"
