if is_dry_run; then exit 0; fi
last_lines "$log_file" 30
last_lines "$emf_file" 3
say 'result: collected; nothing was changed'
