#!/bin/sh
# Makes what users install, from the flat jar: run by ./mvnw -Pdist package, which sets the BULLA_ variables.
#
#   bulla-VERSION-linux-x64.tar.gz   with a Java runtime of its own and a class archive trained on real commands
#   bulla-VERSION.zip                for any JDK of release 21 or newer
#   and beside each: .sha256, .sig and .pub, made by bulla with the release key (BULLA_RELEASE_KEY) or one of this build
#
# The same sources and the same JDK give the same bytes; signatures differ, as ECDSA has it.
set -eu
: "${BULLA_VERSION:?}" "${BULLA_JAR:?}" "${BULLA_KMS:?}" "${BULLA_COMMANDS:?}" "${BULLA_TIMESTAMP:?}" "${BULLA_TARGET:?}" "${BULLA_JDK:?}"
dist=$(CDPATH='' cd "${0%/*}/../../.." && pwd -P)
root=$dist/..
list=$dist/src/main/trust/roots.txt
export LC_ALL=C TZ=UTC
umask 022

case $(uname -sm) in
"Linux x86_64") ;;
*)
  echo "assemble: the archives are made on Linux x86-64, this is $(uname -sm)" >&2
  exit 1
  ;;
esac

say() { echo "dist: $*"; }

# What both archives have.
lay_out() { # FOLDER
  rm -rf "$1"
  mkdir -p "$1/lib" "$1/licenses"
  cp "$dist/src/main/launcher/bulla" "$1/bulla"
  chmod 755 "$1/bulla"
  cp "$BULLA_JAR" "$1/lib/bulla.jar"
  # the jars of key services, each service in a folder named after its scheme
  cp -R "$BULLA_KMS" "$1/lib/kms"
  # the jars of commands that most lines do not call, each group in a folder named after it
  cp -R "$BULLA_COMMANDS" "$1/lib/commands"
  cp "$dist/src/main/launcher/java-flags.sh" "$1/lib/java-flags.sh"
  cp "$root/LICENSE" "$1/LICENSE"
  cp "$dist"/src/main/licenses/* "$1/licenses/"
}

tool() { # CLASS ARGUMENTS...
  tool=dev.bulla.dist.$1
  shift
  "$BULLA_JDK/bin/java" -cp "$BULLA_TARGET/classes:$BULLA_JAR" "$tool" "$@"
}

same_time() { find "$1" -exec touch -h -d "$BULLA_TIMESTAMP" {} +; }

seal() { # FILE
  (cd "${1%/*}" && sha256sum "${1##*/}" >"${1##*/}.sha256")
  sh "$dist/src/main/sh/sign-archive.sh" "$BULLA_JDK/bin/java" "$BULLA_TARGET/classes:$BULLA_JAR" "$1"
}

# --- for Linux, with a runtime
# The class archive remembers where jar and runtime lay when it was made, although it works anywhere: for the same bytes
# it is always made in the same place.
stage=/tmp/bulla-dist
waited=0
until mkdir -m 700 "$stage" 2>/dev/null; do
  [ "$waited" -lt 300 ] || {
    echo "assemble: $stage is there: another build is at work, or left it behind; then remove it" >&2
    exit 1
  }
  waited=$((waited + 1))
  sleep 1
done
trap 'rm -rf "$stage"' EXIT
trap 'exit 143' INT TERM HUP
image=$stage/bulla-$BULLA_VERSION
lay_out "$image"

# Its warnings come on the same stream, before the list.
modules=$("$BULLA_JDK/bin/jdeps" --multi-release 21 --ignore-missing-deps --print-module-deps \
  "$BULLA_JAR" "$BULLA_KMS"/*/*.jar "$BULLA_COMMANDS"/*/*.jar | sed -n '$p')
case $modules in
java.base,* | java.base) ;;
*)
  echo "assemble: jdeps named no modules: $modules" >&2
  exit 1
  ;;
esac
say "runtime of JDK $("$BULLA_JDK/bin/jlink" --version): $modules"
"$BULLA_JDK/bin/jlink" --add-modules "$modules" --output "$image/runtime" \
  --strip-debug --no-header-files --no-man-pages --compress zip-0

# The building JDK's store may be the host's: keep the vendor's list, whatever the host was told to trust.
cacerts=$image/runtime/lib/security/cacerts
tool TrustStore pin "$BULLA_JDK/lib/security/cacerts" "$list" "$cacerts.new"
mv -f "$cacerts.new" "$cacerts"
tool TrustStore check "$cacerts" "$list"

# The archive remembers the time of the jar, and is good for no other.
same_time "$image"
sh "$dist/src/main/sh/archive-classes.sh" "$image/runtime/bin/java" "$image/lib/bulla.jar" "$image/lib/bulla.jsa" \
  "$BULLA_TARGET/classes" 3
same_time "$image"

tarball=$BULLA_TARGET/bulla-$BULLA_VERSION-linux-x64.tar.gz
tar --sort=name --owner=0 --group=0 --numeric-owner --format=ustar -C "${image%/*}" -cf - "${image##*/}" | gzip -n -9 >"$tarball"
seal "$tarball"
say "$tarball ($(($(wc -c <"$tarball") / 1048576)) MiB)"

# --- for any JDK
neutral=$BULLA_TARGET/neutral/bulla-$BULLA_VERSION
lay_out "$neutral"
awk '{ sub(/\r$/, ""); printf "%s\r\n", $0 }' "$dist/src/main/launcher/bulla.cmd" >"$neutral/bulla.cmd"
cp "$root/.mvn/find-jdk.sh" "$neutral/lib/find-jdk.sh"

zip=$BULLA_TARGET/bulla-$BULLA_VERSION.zip
tool ZipArchive "$neutral" "$BULLA_TIMESTAMP" "$zip"
seal "$zip"
say "$zip ($(($(wc -c <"$zip") / 1048576)) MiB)"
