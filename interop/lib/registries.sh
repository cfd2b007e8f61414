# shellcheck shell=bash
# Real registries on loopback, for scripts that called load_peers.
#
#   start_docker_registry NAME      no referrers API: evidence goes to fallback tags
#   start_olareg NAME               referrers API
#   start_zot NAME                  referrers API
#   stop_registry NAME              ends the one of that name
#   stop_registries                 ends all that this shell started; meant for an EXIT trap
#
# NAME is a variable that receives host:port. NAME_PID is the process, NAME_DIR its folder with the
# configuration, the data and the log (server.log). All is deleted when the registry is stopped.
# Start functions return 1 and explain on stderr when the peer is missing or does not come up.

REGISTRY_START_SECONDS=${REGISTRY_START_SECONDS:-20}
_registries=()

start_docker_registry() {
  _start_registry "$1" "${DOCKER_REGISTRY:-}" docker-registry _configure_docker_registry
}

start_olareg() {
  _start_registry "$1" "${OLAREG:-}" olareg _configure_olareg
}

start_zot() {
  _start_registry "$1" "${ZOT:-}" zot _configure_zot
}

stop_registry() {
  local pid_name=${1}_PID dir_name=${1}_DIR pid dir
  pid=${!pid_name:-} dir=${!dir_name:-}
  if [[ -n $pid ]]; then
    kill "$pid" 2>/dev/null || true
    # The shell reports the end of a background job it is not told to forget.
    wait "$pid" 2>/dev/null || true
  fi
  [[ -z $dir ]] || rm -rf -- "$dir"
  printf -v "$pid_name" '%s' ''
  printf -v "$dir_name" '%s' ''
  printf -v "$1" '%s' ''
}

stop_registries() {
  local name
  for name in "${_registries[@]}"; do
    stop_registry "$name"
  done
  _registries=()
}

# Each writes its configuration for a port into a folder and sets _command.

_configure_docker_registry() {
  local dir=$1 port=$2
  cat >"$dir/config.yml" <<CONFIG
version: 0.1
log: {level: info}
storage:
  filesystem: {rootdirectory: $dir/data}
  delete: {enabled: true}
http: {addr: "127.0.0.1:$port"}
CONFIG
  _command=("$DOCKER_REGISTRY" serve "$dir/config.yml")
}

_configure_olareg() {
  local dir=$1 port=$2
  _command=("$OLAREG" serve --addr 127.0.0.1 --port "$port" --dir "$dir/data"
    --api-delete --api-blob-delete --gc-frequency -1s)
}

_configure_zot() {
  local dir=$1 port=$2
  cat >"$dir/config.json" <<CONFIG
{
  "distSpecVersion": "1.1.1",
  "storage": {"rootDirectory": "$dir/data", "gc": false},
  "http": {"address": "127.0.0.1", "port": "$port", "compat": ["docker2s2"]},
  "log": {"level": "warn"}
}
CONFIG
  _command=("$ZOT" serve "$dir/config.json")
}

# None of these servers takes port 0 and says what it got, so a free port is guessed and the start
# is repeated when somebody else was quicker.
_start_registry() {
  local name=$1 program=$2 peer=$3 configure=$4 attempt dir port pid
  local _command=()
  if [[ -z $program ]]; then
    echo "interop: $peer is not there (see interop/setup)" >&2
    return 1
  fi
  for attempt in 1 2 3 4 5; do
    port=$(_free_port) || return 1
    dir=$(mktemp -d "${TMPDIR:-/tmp}/bulla-$peer.XXXXXX") || return 1
    mkdir "$dir/data"
    "$configure" "$dir" "$port"
    "${_command[@]}" >"$dir/server.log" 2>&1 </dev/null &
    pid=$!
    if _wait_for_registry "$pid" "$port"; then
      printf '%s\n' "$pid" >"$dir/pid"
      printf -v "$name" '127.0.0.1:%s' "$port"
      printf -v "${name}_PID" '%s' "$pid"
      printf -v "${name}_DIR" '%s' "$dir"
      _registries+=("$name")
      return 0
    fi
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    if ! grep -qi 'address already in use' "$dir/server.log"; then
      break
    fi
    rm -rf -- "$dir"
  done
  echo "interop: $peer did not come up within $REGISTRY_START_SECONDS s (attempt $attempt):" >&2
  [[ ! -r $dir/server.log ]] || tail -n 5 "$dir/server.log" >&2
  rm -rf -- "$dir"
  return 1
}

# Below the range from which the system hands out ports for outgoing connections.
_free_port() {
  local port i
  for ((i = 0; i < 50; i++)); do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    if ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      printf '%s\n' "$port"
      return 0
    fi
  done
  echo 'interop: no free port between 20000 and 32000' >&2
  return 1
}

_wait_for_registry() {
  local pid=$1 port=$2 end=$((SECONDS + REGISTRY_START_SECONDS))
  while kill -0 "$pid" 2>/dev/null; do
    if _listens "$pid" "$port" && _answers "$port"; then
      return 0
    fi
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
  return 1
}

# An answer alone would not do: it could come from another server that took the port first.
_listens() {
  local inode
  inode=$(awk -v port="$(printf ':%04X' "$2")" \
    '$4 == "0A" && substr($2, length($2) - 4) == port {print $10; exit}' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  [[ -n $inode ]] && find "/proc/$1/fd" -lname "socket:\[$inode\]" 2>/dev/null | grep -q .
}

_answers() {
  local status=''
  {
    printf 'GET /v2/ HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" >&8
    read -r -t 5 _ status _ <&8
  } 8<>"/dev/tcp/127.0.0.1/$1" 2>/dev/null
  [[ $status == 200 || $status == 401 ]]
}
