#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The unit tests once more, three years later (libfaketime): recordings are judged at their own time, so no result may depend on
# today. Environment: top_srcdir, top_builddir (built with make check).
set -u
top_srcdir=${top_srcdir:-.}
top_builddir=${top_builddir:-.}
LC_ALL=C.UTF-8
export top_srcdir top_builddir LC_ALL
command -v faketime > /dev/null || { echo "faketime is not installed"; exit 77; }

failed=0
mkdir -p "$top_builddir/later"
for folder in base cfg nss cmc flow practice net; do
    for test in "$top_builddir/tests/unit/$folder"/*_test; do
        case $test in
        # These talk to servers of their own kind, whose clocks libfaketime does not move in step.
        */https_test | */ocsp_test | */tls_errors_test | */tinyproxy_test | */server_test | */directory_test) continue ;;
        esac
        [ -x "$test" ] || continue
        name=$folder-$(basename "$test")
        timeout 300 faketime -f '+3y' "$test" > "$top_builddir/later/$name.log" 2>&1
        case $? in
        0) result=PASS ;;
        77) result=SKIP ;;
        *) result=FAIL failed=1; tail -n 40 "$top_builddir/later/$name.log" ;;
        esac
        echo "$result: three years later $name"
        echo ":test-result: $result three years later $name" > "$top_builddir/later/$name.trs"
    done
done
exit "$failed"
