#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kill -9 at the beginning and at the end of each step, then --resume: one key, one certificate, nothing sent twice.
. "${top_srcdir:-.}/tests/harness/practice.sh"
command -v certutil > /dev/null || { echo "certutil is not installed"; exit 77; }

answers "subject=uid=killed" > "$T/a"
mkfifo "$T/events"
count=0
for when in step-started step-done; do
    for step in server agent key csr cfgs request submit response import proof; do
        before_keys=$(keys)
        before_issued=$(issued)
        "$top_builddir/cmc-wizard" --answers "$T/a" --json-fd 3 > /dev/null 2>&1 3> "$T/events" &
        pid=$!
        killed=
        while read -r line; do
            case $line in
            *"\"event\":\"$when\""*"\"step\":\"$step\""*) kill -9 $pid; killed=yes; break ;;
            esac
        done < "$T/events"
        wait $pid 2>/dev/null || true
        [ -n "$killed" ] || fail "no event $when $step"
        id=$(sessions | tail -1)
        code=0
        wizard --answers "$T/a" --resume "$id" > "$T/out" 2> "$T/err" || code=$?
        if [ $code = 6 ] && grep -q resend-ask "$T/err"; then
            # The CA was asked first and knows nothing: a person says that it may go again.
            [ "$(issued)" = "$before_issued" ] || fail "$when $step: asks, although the CA has issued"
            { cat "$T/a"; echo "resend = true"; } > "$T/again"
            code=0
            wizard --answers "$T/again" --resume "$id" > "$T/out" 2> "$T/err" || code=$?
        fi
        [ $code = 0 ] || fail "$when $step: resume says $code: $(cat "$T/err")"
        grep -q '^proof: ok' "$T/out" || fail "$when $step: no proof"
        new=$(($(issued) - before_issued))
        [ $new = 1 ] || fail "$when $step: $new certificates"
        made=$(($(keys) - before_keys))
        # The agent's key comes with the first enrollment.
        [ $made = 1 ] || [ $made = 2 -a $before_keys = 0 ] || fail "$when $step: $made keys"
        count=$((count + 1))
    done
done
# TERM ends at the next safe place, saved.
"$top_builddir/cmc-wizard" --answers "$T/a" --json-fd 3 > /dev/null 2> "$T/err" 3> "$T/events" &
pid=$!
while read -r line; do
    case $line in *'"event":"step-started"'*'"step":"key"'*) kill -TERM $pid ;; esac
done < "$T/events"
code=0
wait $pid || code=$?
[ $code = 6 ] || fail "TERM: exit code $code: $(cat "$T/err")"
wizard --answers "$T/a" --resume "$(sessions | tail -1)" > "$T/out" || fail "resume after TERM"
grep -q '^proof: ok' "$T/out" || fail "no proof after TERM"
judge_kept
echo "$count kills, nothing lost, nothing twice"
