#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The unit tests that also run under valgrind: what reads bytes from outside, owns memory in more than one step, or wipes
# secrets. To add one: its name below. Environment: top_srcdir, top_builddir (built with make check, no sanitizer).
set -u
top_srcdir=${top_srcdir:-.}
top_builddir=${top_builddir:-.}
NSS_MAX_MP_PBE_ITERATION_COUNT=1
export top_srcdir top_builddir NSS_MAX_MP_PBE_ITERATION_COUNT
tests='
tests/unit/base/bytes_test
tests/unit/base/err_test
tests/unit/base/json_test
tests/unit/base/secret_test
tests/unit/base/text_test
tests/unit/cfg/cfg_lint_test
tests/unit/cfg/cfg_parse_test
tests/unit/nss/cert_test
tests/unit/nss/csr_test
tests/unit/nss/dn_test
tests/unit/nss/pem_test
tests/unit/cmc/control_test
tests/unit/cmc/proof_test
tests/unit/cmc/show_test
tests/unit/cmc/status_test
tests/unit/cmc/trust_test
tests/unit/cmc/vectors_test
tests/unit/flow/answers_test
tests/unit/flow/session_test
'
command -v valgrind > /dev/null || { echo "valgrind is not installed"; exit 77; }
# As NSS documents: no arenas kept for later, modules stay loaded so that stacks have names.
NSS_DISABLE_ARENA_FREE_LIST=1
NSS_DISABLE_UNLOAD=1
LC_ALL=C.UTF-8
export NSS_DISABLE_ARENA_FREE_LIST NSS_DISABLE_UNLOAD LC_ALL

failed=0
mkdir -p "$top_builddir/valgrind"
for test in $tests; do
    out=$top_builddir/valgrind/$(echo "${test#tests/unit/}" | tr / -)
    if [ ! -x "$top_builddir/$test" ]; then
        echo "FAIL: valgrind $test (it is not built)"
        echo ":test-result: FAIL valgrind $test: not built" > "$out.trs"
        failed=1
        continue
    fi
    valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite \
        --num-callers=30 --suppressions="$top_srcdir/tests/harness/valgrind.supp" "$top_builddir/$test" > "$out.log" 2>&1
    status=$?
    case $status in
    0) result=PASS ;;
    77) result=SKIP ;;
    *) result=FAIL failed=1; tail -n 60 "$out.log" ;;
    esac
    echo "$result: valgrind $test"
    echo ":test-result: $result valgrind $test" > "$out.trs"
done
exit "$failed"
