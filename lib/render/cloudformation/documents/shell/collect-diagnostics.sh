# Reads only. Each part is cut on its own, so that a long one never hides the next.
part() {
  printf '\n== %s\n' "$1"
  shift
  # What a tool prints of its own failure belongs here; a missing tool is no reason to stop.
  timeout 10 "$@" 2>&1 | cut -c 1-300 | head -n 40 || true
}
# Feature values, addresses and keys stay on the host: the output is kept by Systems Manager and put into mails.
redacted() {
  sed -E \
    -e 's/"(instances?|features|rows?|body|payload|authorization|password|passwd|secret|token|apiKey|api_key)"[[:space:]]*:[[:space:]]*(\{[^}]*\}|\[[^]]*\]|"[^"]*"|[^,}]*)/"\1":"[redacted]"/g' \
    -e 's/[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/[address]/g' \
    -e 's/(AKIA|ASIA)[A-Z0-9]{12,}/[key]/g' \
    -e 's/((password|passwd|secret|token|authorization)[=:][[:space:]]*)[^[:space:],]+/\1[redacted]/gI'
}
last_lines() {
  printf '\n== last lines of %s\n' "$1"
  if [ -r "$1" ]; then tail -n "$2" "$1" | cut -c 1-500 | redacted; else echo 'cannot be read or is not there'; fi
}
journal() { journalctl --unit "$unit" --lines "$1" --no-pager --output cat 2>&1 | cut -c 1-300 | redacted || true; }
