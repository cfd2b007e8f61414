# shellcheck shell=sh
#
# Finds a JDK of at least release 21. Sourced by ./mvnw and ./bulla, and by the launcher of the distribution; it lives
# apart from the Maven wrapper so that regenerating the wrapper loses nothing.
#
# find_jdk [javac|java]    looks for an installation that has the named program (default: javac) and then
#   - sets jdk_home, jdk_version (such as 25.0.3) and jdk_note (empty when JAVA_HOME or the PATH led to it, otherwise
#     what is used instead, for the caller to print once);
#   - with none, prints what to install and returns 1.
# JAVA_HOME comes first, then the default on the PATH, then the newest in the usual folders.
#
# Reads the "release" file of each installation and starts no Java, so that it costs next to nothing.

jdk_minimum=21
# Set by who wants a certain release, not just a recent one.
jdk_maximum=''

# Sets jdk_seen to the version of the installation in $1 and jdk_rank to a number that grows with it.
# Fails when $1 is not a finished release of an installation with the program $2.
jdk_look() {
  jdk_seen='' jdk_rank=0
  { [ -x "$1/bin/$2" ] && [ -r "$1/release" ]; } || return 1
  while IFS='=' read -r jdk_key jdk_value; do
    jdk_value=${jdk_value#\"} jdk_value=${jdk_value%\"}
    case $jdk_key in
    JAVA_VERSION) jdk_seen=$jdk_value ;;
    JAVA_RUNTIME_VERSION) case $jdk_value in *-ea*) return 1 ;; esac ;;
    esac
  done <"$1/release"
  jdk_feature=${jdk_seen%%[!0-9]*}
  [ -n "$jdk_feature" ] || return 1
  jdk_tail=${jdk_seen#"$jdk_feature"} jdk_tail=${jdk_tail#.}
  jdk_interim=${jdk_tail%%[!0-9]*} jdk_tail=${jdk_tail#"$jdk_interim"} jdk_tail=${jdk_tail#.}
  jdk_update=${jdk_tail%%[!0-9]*}
  jdk_rank=$((jdk_feature * 1000000 + ${jdk_interim:-0} * 1000 + ${jdk_update:-0}))
  [ "$jdk_feature" -ge "$jdk_minimum" ] && [ "$jdk_feature" -le "${jdk_maximum:-$jdk_feature}" ]
}

# Prints the installation that the program $1 on the PATH belongs to.
jdk_on_path() {
  jdk_program=$(command -v "$1" 2>/dev/null) || return 1
  while [ -L "$jdk_program" ]; do
    jdk_target=$(readlink "$jdk_program") || return 1
    case $jdk_target in
    /*) jdk_program=$jdk_target ;;
    *) jdk_program=${jdk_program%/*}/$jdk_target ;;
    esac
  done
  case $jdk_program in
  */bin/*) printf '%s\n' "${jdk_program%/bin/*}" ;;
  *) return 1 ;;
  esac
}

find_jdk() {
  jdk_needs=${1:-javac} jdk_note='' jdk_seen='' jdk_why='' jdk_home='' jdk_version=''
  jdk_best='' jdk_best_rank=0

  if [ -n "${JAVA_HOME:-}" ]; then
    if jdk_look "$JAVA_HOME" "$jdk_needs"; then
      jdk_home=$JAVA_HOME jdk_version=$jdk_seen
      return 0
    fi
    jdk_why="JAVA_HOME is ${jdk_seen:-no JDK}"
  fi
  if jdk_default=$(jdk_on_path "$jdk_needs") && jdk_look "$jdk_default" "$jdk_needs"; then
    jdk_home=$jdk_default jdk_version=$jdk_seen
    [ -z "$jdk_why" ] || jdk_note="using JDK $jdk_version in $jdk_home ($jdk_why)"
    return 0
  fi
  jdk_why=${jdk_why:-the default is ${jdk_seen:-no JDK}}

  # The wrapper's stock script switches globbing off; the looking needs it.
  case $- in *f*) jdk_noglob=1 ;; *) jdk_noglob='' ;; esac
  set +f
  for jdk_candidate in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/openjdk* /usr/local/java/* /opt/* /opt/*/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* "${HOME:-/}"/.gradle/jdks/* \
    "${HOME:-/}"/.asdf/installs/java/* "${HOME:-/}"/.local/share/mise/installs/java/*; do
    if jdk_look "$jdk_candidate" "$jdk_needs" && [ "$jdk_rank" -gt "$jdk_best_rank" ]; then
      jdk_best=$jdk_candidate jdk_best_rank=$jdk_rank jdk_version=$jdk_seen
    fi
  done
  [ -z "$jdk_noglob" ] || set -f

  if [ -z "$jdk_best" ]; then
    echo "bulla needs JDK $jdk_minimum or newer and found none ($jdk_why): install one, such as your system's package openjdk-$jdk_minimum-jdk, or point JAVA_HOME at one" >&2
    return 1
  fi
  # shellcheck disable=SC2034 # for the script that sourced this one
  jdk_home=$jdk_best jdk_note="using JDK $jdk_version in $jdk_best ($jdk_why)"
}
