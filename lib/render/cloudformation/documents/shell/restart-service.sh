if is_dry_run; then done_with "dry run: would restart $SSM_Unit and wait until it is ready"; fi
# A unit that crashed too often refuses to start until its counter is cleared.
systemctl reset-failed "$SSM_Unit" || true
# Returns only when the service is ready: the unit's ExecStartPost waits for it.
systemctl restart "$SSM_Unit" ||
  fail "$?" "$SSM_Unit did not become ready, it is $(systemctl is-active "$SSM_Unit" 2>/dev/null || true); its last lines are above"
systemctl is-active "$SSM_Unit"
done_with "restarted $SSM_Unit, and it reports ready"
