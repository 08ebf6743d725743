say "override: $(cat "$override" 2>/dev/null || printf none)"
systemctl show "$unit" --property=ActiveState,SubState,MainPID || true
