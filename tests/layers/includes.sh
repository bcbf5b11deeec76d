#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each folder includes only what lies below it, and only the library headers that are its own.
. "${top_srcdir:-.}/tests/layers/common.sh"

# To add a folder: a row: FOLDER PROJECT-FOLDERS LIBRARIES ("-" = none; a library may be FILE-PREFIX:LIBRARY).
rules='
src/base      base                            json.:cjson
src/cfg       cfg,base                        -
src/nss       nss,base                        nss
src/cmc       cmc,nss,base                    nss
src/net       net,nss,base                    nss,curl
src/dir       dir,nss,base                    ldap
src/flow      flow,cfg,cmc,net,dir,nss,base   -
src/tools     tools,flow,cfg,cmc,net,dir,nss,base -
src/practice  practice,cmc,dir,cfg,nss,base   mhd,gnutls,sqlite
ui            ui,base                         curses
screens       screens,ui,flow,cfg,nss,base    -
'

sources "$CODE_FOLDERS" c h def | while read -r file; do
  awk -v file="$file" -v rules="$rules" '
    function library(name) {
      if (name ~ /(^|\/)cJSON\.h$/) return "cjson"
      if (name ~ /^curl\//) return "curl"
      if (name ~ /^(ldap|lber|ldap_[a-z]+)\.h$/) return "ldap"
      if (name ~ /^microhttpd/) return "mhd"
      if (name ~ /^gnutls\//) return "gnutls"
      if (name ~ /^sqlite3/) return "sqlite"
      if (name ~ /(^|\/)(curses|ncurses|panel|menu|form|term)\.h$/ || name ~ /^ncursesw?\//) return "curses"
      if (name ~ /^(nss|nspr)\//) return "nss"
      if (name ~ /^(nss|nspr|nssb64|nssckbi|pr[a-z]+|plarena[s]?|plstr|plgetopt|pk11[a-z0-9]*|pkcs[0-9a-z]+|pkcs12|p12|sec[a-z0-9]+|cert[a-z]*|key[a-z]*|ssl[a-z]*|cms[a-z]*|hasht|cryptohi|smime|base64|ocsp|ciferfam|blapit|utilrename)\.h$/ && name !~ /^(printf|prctl)\.h$/) return "nss"
      return ""
    }
    BEGIN {
      n = split(rules, row, "\n")
      for (i = 1; i <= n; i++) {
        split(row[i], f, " ")
        if (f[1] != "" && index(file, f[1] "/") == 1) { folder = f[1]; project = f[2]; libraries = f[3] }
      }
      base_name = file; sub(/.*\//, "", base_name)
      if (folder == "") { printf "%s:1: this folder has no row in tests/layers/includes.sh\n", file }
    }
    /^[ \t]*#[ \t]*include[ \t]*["<]/ && folder != "" {
      name = $0; sub(/^[^"<]*["<]/, "", name); sub(/[">].*/, "", name)
      lib = library(name)
      if ($0 ~ /"/) {
        if (name == "config.h") next
        top = name; sub(/\/.*/, "", top)
        if (name !~ /\//) printf "%s:%d: \"%s\" is included without its folder\n", file, NR, name
        else if (index("," project ",", "," top ",") == 0) printf "%s:%d: %s may not include \"%s\"\n", file, NR, folder, name
      } else if (lib != "") {
        allowed = 0
        n_lib = split(libraries, l, ",")
        for (j = 1; j <= n_lib; j++) {
          if (l[j] == lib) allowed = 1
          if (split(l[j], part, ":") == 2 && part[2] == lib && index(base_name, part[1]) == 1) allowed = 1
        }
        if (!allowed) printf "%s:%d: %s may not include <%s> (%s)\n", file, NR, folder, name, lib
      }
    }' "$top_srcdir/$file"
done > "$findings"
finish
