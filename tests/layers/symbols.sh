#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same as includes.sh, seen from what the compiled objects call: a declaration by hand does not get around it.
. "${top_srcdir:-.}/tests/layers/common.sh"
command -v nm > /dev/null || exit 77

# To add a library: a row: LIBRARY REGEX-OF-SYMBOLS FOLDERS-OR-OBJECTS.
rules='
cjson  ^cJSON_                                       src/base/*json.o
curl   ^curl_                                        src/net/
ldap   ^(ldap|ber|lber)_                             src/dir/
mhd    ^MHD_                                         src/practice/
gnutls ^gnutls_                                      src/practice/
sqlite ^sqlite3_                                     src/practice/
nss    ^(PK11|CERT|SEC|SECMOD|SECKEY|SECITEM|SECOID|NSS|PORT|PR|SSL|VFY|SGN|HASH|ATOB|BTOA)_[A-Z] src/nss/,src/cmc/,src/net/
curses ^(initscr|newterm|endwin|stdscr|curscr|LINES|COLS|doupdate|[w]?refresh|wnoutrefresh|newwin|newpad|delwin|(mv)?w?(add|ins)n?_?w?(str|ch|chstr)|wget_wch|wgetch|keypad|cbreak|noecho|raw|start_color|init_pair|init_extended_pair|use_default_colors|setupterm|tigetnum|tigetstr|tparm|putp|tputs|getmouse|mousemask|curs_set|wattr_.*|wbkgd.*|werase|wmove|has_colors|resizeterm|set_escdelay|(new|del|top|hide|show|update)_panels?)$ ui/
'

objects=$(cd "$top_builddir" && for folder in $CODE_FOLDERS; do
  if [ -d "$folder" ]; then find "$folder" -name '*.o' -type f; fi
done | sort)
[ -n "$objects" ] || { echo "nothing is compiled in $top_builddir"; exit 77; }

for object in $objects; do
  nm -u "$top_builddir/$object" 2> /dev/null | awk -v object="$object" -v rules="$rules" '
    function lies_in(places,    n, p, i, split_at) {
      n = split(places, p, ",")
      for (i = 1; i <= n; i++) {
        split_at = index(p[i], "*")
        if (split_at == 0) { if (index(object, p[i]) == 1) return 1 }
        else if (index(object, substr(p[i], 1, split_at - 1)) == 1 &&
                 substr(object, length(object) - (length(p[i]) - split_at) + 1) == substr(p[i], split_at + 1)) return 1
      }
      return 0
    }
    BEGIN {
      n = split(rules, row, "\n")
      for (i = 1; i <= n; i++) {
        if (split(row[i], f, " ") == 3 && !lies_in(f[3])) { library[++m] = f[1]; pattern[m] = f[2] }
      }
    }
    {
      for (i = 1; i <= m; i++) if ($NF ~ pattern[i]) printf "%s:0: may not call %s (%s)\n", object, $NF, library[i]
    }'
done > "$findings"
finish
