#!/bin/sh
# Signs one archive with bulla itself: sign-archive.sh FILE, with the key file in BULLA_RELEASE_KEY.
#
# Without a key nothing is signed and one line says so: a build for trying things out needs none.
set -eu
file=$1
if [ -z "${BULLA_RELEASE_KEY:-}" ]; then
  echo "dist: ${file##*/} is not signed: BULLA_RELEASE_KEY names no key"
  exit 0
fi
echo "dist: signing files comes with sign-blob, which this version does not have" >&2
exit 1
