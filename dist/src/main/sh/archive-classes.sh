#!/bin/sh
# Makes a class archive for quick starts: archive-classes.sh JAVA JAR ARCHIVE CLASSES [DUMPS]
#
# Holds what dev.bulla.dist.ArchiveTraining loads, which is in the folder CLASSES and not in the archive. The training
# run gets a home folder of its own, so that it neither reads nor leaves anything of the user's.
set -eu
java=$1 jar=$2 archive=$3 classes=$4 dumps=${5:-1}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS
for name in $(env | sed -n 's/^\(COSIGN_[A-Z0-9_]*\|BULLA_[A-Z0-9_]*\)=.*/\1/p'); do unset "$name"; done
export HOME="$work" XDG_CONFIG_HOME="$work" XDG_CACHE_HOME="$work" DOCKER_CONFIG="$work" TMPDIR="$work"

(cd "$work" && "$java" -XX:DumpLoadedClassList="$work/classes" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
  -XX:-UsePerfData -Djava.io.tmpdir="$work" -Duser.home="$work" -cp "$jar:$classes" \
  dev.bulla.dist.ArchiveTraining "$work/run") </dev/null >"$work/output" 2>&1 || {
  echo "archive-classes: the training run failed:" >&2
  cat "$work/output" >&2
  exit 1
}

# The same list every time: sorted, without the numbers of this run, without the constant pool entries that happened
# to be resolved (@cp), without what came from the folders beside the jar (source:), which no archive holds, and without
# what depends on who came first: the lambdas of the training's registry, and a part of printing a stack.
{
  grep -v -e '^#' -e '^@cp ' -e ' source: ' -e '^@lambda-proxy dev/bulla/testkit/' -e 'dev/bulla/dist/' \
    -e '^java/lang/StackTraceElement.HashedModules' "$work/classes" | sed 's/ id: [0-9]*$//' | LC_ALL=C sort -u
} >"$work/list"

# Made under the default collector, whose archived objects every other one can load; the reverse does not hold.
dump() { # ARCHIVE
  "$java" -Xshare:dump -XX:SharedClassListFile="$work/list" -XX:SharedArchiveFile="$1" -Xlog:disable \
    -Xlog:all=error:stderr -cp "$jar"
}

# Now and then two hash codes of the dumping JVM meet, and a class comes out with a few references resolved that are
# empty otherwise. Of several dumps the emptiest is the one that comes out the same every time.
least=''
while [ "$dumps" -gt 0 ]; do
  dumps=$((dumps - 1))
  dump "$work/dumped"
  filled=$(tr -d '\000' <"$work/dumped" | wc -c)
  if [ -z "$least" ] || [ "$filled" -lt "$least" ]; then
    least=$filled
    mv -f "$work/dumped" "$work/archive"
  fi
done
cp "$work/archive" "$archive.new"
mv -f "$archive.new" "$archive"
