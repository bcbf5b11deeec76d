#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The profiles, their README and data/local.mk say the same; every policy that is listed is complete.
set -eu
top=${top_srcdir:-.}
dir=$top/data/profiles
failed=0
complain() {
    echo "profiles_test: $*" >&2
    failed=1
}

for file in "$dir"/*.cfg; do
    name=data/profiles/${file##*/}
    grep -q "^ *$name\( \\\\\)\{0,1\}$" "$top/data/local.mk" || complain "$name is not in data/local.mk"
    awk -v name="$name" -v readme="$dir/README" '
        function bad(text) { print "profiles_test: " name ": " text > "/dev/stderr"; failed = 1 }
        function listed(key,   n, parts, i) {
            if (!(key in value)) { bad("no " key); return 0 }
            return split(value[key], list, ",")
        }
        # A parameter stands in the README as it is, or with _n for its number.
        function known(word,   general) {
            general = word
            sub(/_[0-9]+$/, "_n", general)
            return index(text, " " general " ") > 0
        }
        BEGIN {
            while ((getline line < readme) > 0) {
                gsub(/[(),;:]/, " ", line)
                text = text " " line " "
            }
        }
        /^#/ || /^$/ { next }
        !/=/ { bad("line " NR " is not key=value"); next }
        {
            eq = index($0, "=")
            key = substr($0, 1, eq - 1)
            if (key in value) { bad(key " stands twice") }
            value[key] = substr($0, eq + 1)
        }
        END {
            n = split("name desc visible enable auth.instance_id input.list output.list", need, " ")
            for (i = 1; i <= n; i++) {
                if (!(need[i] in value)) { bad("no " need[i]) }
            }
            set = value["policyset.list"]
            count = listed("policyset." set ".list")
            if (count == 0) { bad("no policy") }
            for (i = 1; i <= count; i++) {
                base = "policyset." set "." list[i] "."
                used[list[i]] = 1
                if (value[base "default.class_id"] == "") { bad("policy " list[i] " has no default") }
                if (value[base "constraint.class_id"] == "") { bad("policy " list[i] " has no constraint") }
            }
            for (key in value) {
                if (key !~ "^policyset\\." set "\\.[0-9]+\\.") { continue }
                split(key, part, ".")
                if (!(part[3] in used)) { bad(key " belongs to a policy that is not listed") }
                word = key
                if (sub(/^.*\.params\./, "", word) || sub(/^.*\.class_id$/, value[key], word)) {
                    if (!known(word)) { bad(word " is not in data/profiles/README") }
                }
            }
            exit failed
        }' "$file" || failed=1
done

for name in $(sed -n 's/^ *\(data\/profiles\/[A-Za-z]*\.cfg\).*/\1/p' "$top/data/local.mk"); do
    [ -f "$top/$name" ] || complain "$name is in data/local.mk, but there is no such file"
done
exit $failed
