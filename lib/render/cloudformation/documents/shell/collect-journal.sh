if is_dry_run; then exit 0; fi
printf '== journal of %s\n' "$unit"
journal 60
