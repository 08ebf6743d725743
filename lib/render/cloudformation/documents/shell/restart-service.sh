if is_dry_run; then done_with "dry run: would restart $SSM_Unit and wait until it is ready"; fi
# A unit that crashed too often refuses to start until its counter is cleared.
systemctl reset-failed "$SSM_Unit" || true
# Returns only when the service is ready: the unit's ExecStartPost waits for it.
systemctl restart "$SSM_Unit"
systemctl is-active "$SSM_Unit"
