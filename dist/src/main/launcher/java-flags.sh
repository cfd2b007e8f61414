# shellcheck shell=sh
#
# How every launcher starts Java. Sourced by ./bulla and by the launcher of the distribution.

# run_java JAVA JAR ARCHIVE ARGUMENTS...    becomes the command; without the archive it merely starts slower.
#
# A command that lives for a tenth of a second wants no second compiler and no threads of a concurrent collector; the
# webhook lives long, in a container whose memory is its own, and is better started anew than left half alive. What the
# JVM's compiler needed once is given back to the system (Java 21.0.0 does not know that flag yet). The JVM's remarks, such as that an archive was made for another jar, would go to standard output, which is the command's.
# Java reads its arguments in the encoding of the locale, and where that is plain ASCII replaces what it cannot read: an
# annotation would be signed as something else than what was typed. Text here is UTF-8.
run_java() {
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
  *[Uu][Tt][Ff]*8*) ;;
  *) LC_ALL=C.UTF-8 && export LC_ALL ;;
  esac
  run_java=$1 run_jar=$2 run_archive=$3
  shift 3
  case " $* " in
  *" admission serve "*) set -- -XX:MaxRAMPercentage=60 -XX:+IgnoreUnrecognizedVMOptions -XX:TrimNativeHeapInterval=30000 -XX:+ExitOnOutOfMemoryError -cp "$run_jar" dev.bulla.cli.Main "$@" ;;
  *) set -- -XX:TieredStopAtLevel=1 -cp "$run_jar" dev.bulla.cli.Main "$@" ;;
  esac
  set -- -XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable "$@"
  # Java warns when a program calls native functions without having been allowed to. Only what speaks to tokens does, and
  # the permission keeps Java from using a part of the archive, so other lines go without.
  case "$*${COSIGN_KEY:-}${BULLA_KEY:-}${COSIGN_SK:+-sk}${BULLA_SK:+-sk}" in
  *pkcs11* | *-sk*) set -- --enable-native-access=ALL-UNNAMED "$@" ;;
  esac
  [ ! -f "$run_archive" ] || set -- -XX:SharedArchiveFile="$run_archive" -Xshare:auto "$@"
  exec "$run_java" "$@"
}
