if is_dry_run; then done_with "dry run: would read the state of $unit, its logs, disk, memory, processes, sockets, releases and agents"; fi
part 'unit' systemctl show "$unit" --property=ActiveState,SubState,NRestarts,ExecMainStatus,MainPID
part 'agent: amazon-cloudwatch-agent' systemctl is-active amazon-cloudwatch-agent.service
part 'agent: amazon-ssm-agent' systemctl is-active amazon-ssm-agent.service
printf '\n== releases\n'
ls -l "$root" 2>&1 | head -n 20
ls -1t "$root/releases" 2>&1 | head -n 10
for mark in "$root"/bad/*; do [ ! -f "$mark" ] || printf 'bad: %s %s\n' "${mark##*/}" "$(cat "$mark")"; done
part 'disk' df -Pk "$root" "$logs"
part 'logs' ls -l "$logs"
part 'memory' cat /proc/meminfo
part 'load' cat /proc/loadavg
part 'clock' chronyc tracking
printf '\n== processes, largest first\n'
ps -eo pid,ppid,rss,pcpu,etime,comm 2>&1 | sort -k 3 -n -r | head -n 15
part 'sockets' ss -ltn
printf '\n== health\n'
curl --silent --max-time 3 "http://127.0.0.1:${VIGIA_PORT:-$(sed -n 's/^VIGIA_PORT=//p' "$environment_file" 2>/dev/null | tail -n 1)}/health" 2>&1 | cut -c 1-1000 | redacted || true
