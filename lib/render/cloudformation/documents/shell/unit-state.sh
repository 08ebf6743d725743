say 'state after:'
systemctl show "$SSM_Unit" --property=ActiveState,SubState,NRestarts,ExecMainStatus || true
