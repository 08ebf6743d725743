case "$SSM_Degraded" in
  on | off | auto) ;;
  *) fail 10 'Degraded is none of on, off, auto; nothing was done' ;;
esac
service_port() { printf '%s' "${VIGIA_PORT:-$(sed -n 's/^VIGIA_PORT=//p' "$environment_file" 2>/dev/null | tail -n 1)}"; }
# What the service itself says it does.
says() {
  curl --silent --max-time 2 "http://127.0.0.1:$(service_port)/health" 2>/dev/null |
    sed -n 's/.*"degraded"[[:space:]]*:[[:space:]]*"\([a-z]*\)".*/\1/p' | head -n 1
}
say "found: override $(cat "$override" 2>/dev/null || printf none), the service says $(says)"
if is_dry_run; then
  if [ "$SSM_Degraded" = auto ]; then done_with "dry run: would remove $override and reload $unit"; fi
  done_with "dry run: would write $SSM_Degraded to $override and reload $unit"
fi
if [ "$SSM_Degraded" = auto ]; then
  rm -f "$override"
else
  # Renamed into place: the service never reads half a file.
  rm -f "$override.new"
  printf '{"degraded":"%s"}\n' "$SSM_Degraded" >"$override.new"
  chmod 644 "$override.new"
  mv "$override.new" "$override"
fi
systemctl reload "$unit" || fail 16 "the file is written, but $unit could not be reloaded; it takes effect at its next start"
waited=0
until [ "$(says)" = "$SSM_Degraded" ]; do
  waited=$((waited + 1))
  # Without the override the configuration's own word holds, whatever it is.
  if [ "$SSM_Degraded" = auto ] && [ "$waited" -gt 2 ] && [ -n "$(says)" ]; then done_with "override removed; the configuration says $(says)"; fi
  [ "$waited" -le 10 ] || fail 16 "reloaded, but after 10 s the service says '$(says)', expected $SSM_Degraded; see its log"
  sleep 1
done
done_with "degraded mode is $SSM_Degraded, as the service itself says"
