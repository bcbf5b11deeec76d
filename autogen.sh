#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes configure from configure.ac; needed once in a git checkout, not in a release tarball.
set -e
cd "$(dirname "$0")"
mkdir -p build-aux m4
autoreconf -fi
# automake's reader of TAP, for tests whose names end in .tap.
cp "$(automake --print-libdir)/tap-driver.sh" build-aux/
