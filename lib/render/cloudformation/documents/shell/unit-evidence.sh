say 'state before:'
systemctl show "$SSM_Unit" --property=ActiveState,SubState,NRestarts,ExecMainStatus || true
say 'last lines:'
journalctl --unit "$SSM_Unit" --lines 20 --no-pager --output cat || true
