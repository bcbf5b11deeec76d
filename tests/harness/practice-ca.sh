#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A new practice CA for a test: practice-ca.sh PROGRAM FOLDER. Its keys take seconds and most tests do not care about them, so the first
# test of a build keeps a copy beside PROGRAM, and the others take that. Each program has its own (by time and size), nobody changes a
# kept one, and one that is a month old is not taken. With another clock (faketime) it is always made.
set -u
program=$1
folder=$2
make_one() {
    exec "$program" init "$folder"
}
name=$(stat -L -c '%Y-%s' "$program" 2> /dev/null) || make_one
[ -z "${FAKETIME:-}" ] || make_one
kept=$(dirname "$program")/tests/kept-ca-$name
if [ -z "$(find "$kept/CS.cfg" -mtime -30 2> /dev/null)" ]; then
    "$program" init "$folder" || exit
    copy=$(mktemp -d "$kept.XXXXXX" 2> /dev/null) || exit 0
    # A folder that is there already stays: another test was first.
    cp -Rp "$folder/." "$copy" && mv -T "$copy" "$kept" 2> /dev/null || rm -rf "$copy"
    exit 0
fi
mkdir -p "$(dirname "$folder")" && cp -Rp "$kept" "$folder" && sed -i "s|configdir='sql:[^']*'|configdir='sql:$folder/nssdb'|" "$folder/nssdb/pkcs11.txt"
