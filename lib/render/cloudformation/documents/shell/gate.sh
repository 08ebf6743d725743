# The health gate: the unit starts, says it is ready, and stays so for a while.
reason=''
unit_value() { systemctl show "$unit" --property="$1" 2>/dev/null | sed -n "s/^$1=//p"; }
service_port() { printf '%s' "${VIGIA_PORT:-$(sed -n 's/^VIGIA_PORT=//p' "$environment_file" 2>/dev/null | tail -n 1)}"; }
# Not every host has curl with the same options; these are as old as the program.
ask() { curl --silent --fail --max-time 2 --output "${2:-/dev/null}" "http://127.0.0.1:$(service_port)$1"; }
is_ready() {
  ready_path=$(sed -n 's/^VIGIA_READY_PATH=//p' "$environment_file" 2>/dev/null | tail -n 1)
  # What a restart answers for: a dependency that is down is no reason to refuse a release.
  case "${ready_path:-/health/ready}" in
    /health/ready) ready_path=/health/self ;;
  esac
  ask "$ready_path"
}
# Predictions by outcome since the process began, as its metrics tell them; nothing where it has none.
counted() {
  curl --silent --fail --max-time 2 "http://127.0.0.1:$(service_port)$metrics_path" 2>/dev/null |
    awk -v outcome="$1" 'index($1, "vigia_predictions_total{") == 1 && index($1, "outcome=\"" outcome "\"") { sum += $NF; seen = 1 } END { if (seen) printf "%d", sum }'
}
gate() {
  # A unit that crashed too often refuses to start until its counter is cleared.
  systemctl reset-failed "$unit" >/dev/null 2>&1 || true
  # Returns only when the service is ready: the unit's ExecStartPost waits for it.
  if ! timeout "$restart_seconds" systemctl restart "$unit" 9>&-; then
    reason="the unit did not become ready: $(systemctl is-active "$unit" 2>/dev/null || true)"
    return 1
  fi
  main_pid=$(unit_value MainPID)
  watched=0
  while [ "$watched" -lt "$watch_seconds" ]; do
    sleep 1
    watched=$((watched + 1))
    if [ "$(systemctl is-active "$unit" 2>/dev/null || true)" != active ] || [ "$(unit_value MainPID)" != "$main_pid" ]; then
      reason="the unit ended by itself within $watched s"
      return 1
    fi
    if ! is_ready; then
      reason="the service stopped being ready within $watched s"
      return 1
    fi
  done
  failed=$(counted failed)
  answered=$(($(counted answered) + ${failed:-0}))
  # Fewer than that are no evidence, as for the alarm on the error rate.
  if [ "$answered" -ge "$least_predictions" ] && [ $((${failed:-0} * 100)) -gt $((answered * most_errors_percent)) ]; then
    reason="$failed of $answered predictions failed within $watch_seconds s"
    return 1
  fi
  say "gate: ready and steady for $watch_seconds s, ${failed:-unknown} of $answered predictions failed"
}
# After a failed switch: the release that served before must serve again.
go_back() {
  say "gate: release $2 refused, $reason"
  journalctl --unit "$unit" --lines 5 --no-pager --output cat 2>/dev/null | cut -c 1-160 || true
  why=$reason
  point current "$1"
  rm -f "$root/.switching"
  if gate; then
    fail 16 "release $2 did not pass the gate ($why); $1 serves again"
  fi
  fail 17 "release $2 did not pass the gate ($why), and $1 does not serve either ($reason); a person must look"
}
