df -Pk "$root" || true
