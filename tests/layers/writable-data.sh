#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No variable outlives its function, except the few below: state lives in structs that callers hold.
. "${top_srcdir:-.}/tests/layers/common.sh"
command -v objdump > /dev/null || exit 77

# To add one: a row: OBJECT-SUFFIX SYMBOL, and the reason. Symbols of function level carry a number (".0") that is left out.
allowed='
i18n.o list
'
# i18n.o list: i18n_available() lends static memory.

objects=$(cd "$top_builddir" && for folder in $CODE_FOLDERS; do
  if [ -d "$folder" ]; then find "$folder" -name '*.o' -type f; fi
done | sort)
[ -n "$objects" ] || { echo "nothing is compiled in $top_builddir"; exit 77; }

for object in $objects; do
  # Sanitizers and coverage add variables of their own.
  if nm "$top_builddir/$object" 2> /dev/null | grep -Eq '__asan_|__gcov_|__sanitizer_cov'; then
    echo "built with instrumentation" >&2
    exit 77
  fi
  objdump -t "$top_builddir/$object" 2> /dev/null | awk -v object="$object" -v allowed="$allowed" '
    BEGIN {
      n = split(allowed, row, "\n")
      for (i = 1; i <= n; i++) if (split(row[i], f, " ") == 2) { suffix[++m] = f[1]; name[m] = f[2] }
    }
    / O [.*]/ || / O COM/ {
      for (i = 1; i <= NF; i++) if ($i == "O") section = $(i + 1)
      if (section ~ /^\.data\.rel\.ro/ || section !~ /^(\.(data|bss|tdata|tbss)|\*COM\*)/) next
      symbol = $NF
      sub(/\.[0-9]+$/, "", symbol)   # gcc: list.0
      sub(/^.*\./, "", symbol)       # clang: function.list
      for (i = 1; i <= m; i++)
        if (symbol == name[i] && substr(object, length(object) - length(suffix[i]) + 1) == suffix[i]) next
      printf "%s:0: %s is writable and lives outside any struct\n", object, symbol
    }'
done > "$findings" || exit 77
finish
