# One line of the story; the last one begins with "result:" and is what mails quote.
say() { printf '%s\n' "$*"; }
done_with() { say "result: $*"; exit 0; }
# Usage: fail CODE WORDS; the codes are listed in docs/releases.md.
fail() {
  code=$1
  shift
  printf 'result: %s\n' "$*" >&2
  exit "$code"
}
is_dry_run() { [ "$SSM_DryRun" = yes ]; }
# The pattern of the document has been checked before; this holds where it was not.
case "$SSM_DryRun" in
  yes | no) ;;
  *) fail 10 'DryRun is neither yes nor no; nothing was done' ;;
esac
