#!/bin/sh
# Signs one archive with bulla itself: sign-archive.sh JAVA CLASSPATH FILE, which makes FILE.sig and FILE.pub.
#
# BULLA_RELEASE_KEY refers to the release key, COSIGN_PASSWORD has its password. Without one the archive is signed with a
# key that is made for it and thrown away, so that a build for trying things out takes the same way.
set -eu
java=$1 classpath=$2 file=$3

"$java" -cp "$classpath" dev.bulla.dist.ArchiveSignature sign "$file" "${BULLA_RELEASE_KEY:-}"
if [ -n "${BULLA_RELEASE_KEY:-}" ]; then
  echo "dist: signed ${file##*/} with the release key"
else
  echo "dist: signed ${file##*/} with a key of its own: BULLA_RELEASE_KEY names none"
fi
