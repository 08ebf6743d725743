#!/bin/sh
# The service as a container: sh container.sh pull|run|remove. Its image and limits lie in the release, as container.env,
# so that a release can be switched and switched back like any other. VIGIA_RELEASE_DIRECTORY is one that is not current yet.
set -eu

root=${VIGIA_ROOT:-}
scripts=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck source=/dev/null
. "$scripts/host.env"
# shellcheck source=/dev/null
. "${VIGIA_RELEASE_DIRECTORY:-$root/opt/vigia/$VIGIA_SERVICE/current}/container.env"
name=vigia-$VIGIA_SERVICE
logs=$root/var/log/vigia-$VIGIA_SERVICE
state=$root/var/lib/vigia-$VIGIA_SERVICE

# No image here has a tag that moves, so one that is on the disk is the one: it starts without its registry.
pull() {
  if docker image inspect "$VIGIA_IMAGE" >/dev/null 2>&1; then return 0; fi
  registry=${VIGIA_IMAGE%%/*}
  case $registry in
    *.dkr.ecr.*.amazonaws.com*)
      region=${registry#*.dkr.ecr.}
      aws ecr get-login-password --region "${region%%.*}" | docker login --username AWS --password-stdin "$registry"
      ;;
  esac
  docker pull --quiet "$VIGIA_IMAGE"
}

# Behind the bridge of Docker the host's credentials are one hop too far away: the container has none.
run() {
  remove
  exec docker run --name "$name" --init --rm --pull never --log-driver none \
    --publish "$VIGIA_PORT:$VIGIA_CONTAINER_PORT" \
    --env-file "$root/etc/vigia/$VIGIA_SERVICE.env" --env "VIGIA_PORT=$VIGIA_CONTAINER_PORT" --env VIGIA_BIND=0.0.0.0 \
    --user "$(id -u):$(id -g)" --volume "$logs:$logs" --volume "$state:$state" \
    --read-only --tmpfs /tmp \
    --memory "${VIGIA_CONTAINER_MEMORY}m" --memory-swap "${VIGIA_CONTAINER_MEMORY}m" --pids-limit 256 \
    --cap-drop ALL --security-opt no-new-privileges "$VIGIA_IMAGE"
}

# A client that was killed leaves its container behind.
remove() {
  docker rm --force "$name" >/dev/null 2>&1 || true
}

case ${1:-} in
  pull | run | remove) "$1" ;;
  *)
    echo "container: no such call, got '${1:-}', expected pull, run or remove" >&2
    exit 2
    ;;
esac
