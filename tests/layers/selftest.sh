#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each check finds what it is for: a small tree with one mistake of each kind, and one without.
here=${top_srcdir:-.}
set -u
tree=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-selftest-XXXXXX")
trap 'rm -rf "$tree"' EXIT
failed=0

# expect CHECK 0|1 WHAT
expect() {
  top_srcdir=$tree top_builddir=$tree sh "$here/tests/layers/$1.sh" > "$tree/said" 2>&1
  got=$?
  if [ "$got" -ne "$2" ]; then
    echo "$1: gave $got, not $2: $3"
    cat "$tree/said"
    failed=1
  fi
}

# clean: the tree without mistakes.
clean() {
  rm -rf "$tree/src" "$tree/ui" "$tree/screens" "$tree/po" "$tree/tests"
  mkdir -p "$tree/src/base" "$tree/src/cfg" "$tree/ui" "$tree/po" "$tree/tests/layers"
  cp "$here/tests/layers/common.sh" "$tree/tests/layers/"
  put src/base/a.c '#include "config.h"' '#include "base/a.h"' 'int a(void)' '{' '    return 1;' '}'
  put src/base/a.h 'int a(void);'
  printf '# SPDX-License-Identifier: Apache-2.0\n' > "$tree/po/POTFILES.in"
}

# put FILE LINES...: a source with its licence line.
put() {
  put_file=$tree/$1
  shift
  { echo '/* SPDX-License-Identifier: Apache-2.0 */'; printf '%s\n' "$@"; } > "$put_file"
}

compile() {
  ${CC:-cc} -c -o "$tree/$1.o" "$tree/$1.c" || exit 77
}

clean
for check in includes lengths licence words potfiles errors fields; do
  expect "$check" 0 "a tree without mistakes"
done
put src/base/a.c '#include "cfg/a.h"'
expect includes 1 "base includes cfg"
clean
put ui/a.c '#include <nss.h>'
expect includes 1 "ui includes NSS"
clean
put src/base/a.c '#include <cjson/cJSON.h>'
expect includes 1 "only json.c includes cJSON"
clean
put src/base/json.c '#include <cJSON.h>' '#include <stdio.h>' '#include <sys/prctl.h>'
expect includes 0 "json.c includes cJSON"
clean
put src/base/a.c '#include "a.h"'
expect includes 1 "an include without its folder"
clean
put src/base/a.c 'int a(void)' '{' "$(yes '    a();' | head -n 101)" '}'
expect lengths 1 "a function of 101 lines"
put src/base/a.c 'int a(void)' '{' "$(yes '    a();' | head -n 100)" '}'
expect lengths 0 "a function of 100 lines"
put src/base/a.c "/* $(yes x | head -n 140 | tr -d '\n') */"
expect lengths 1 "a line of more than 140 columns"
clean
echo 'int b;' > "$tree/src/base/b.c"
expect licence 1 "a source without licence"
clean
mkdir -p "$tree/tests/flow"
printf 'one\ntwo\nthree\n' > "$tree/tests/flow/a.tap"
expect licence 1 "a test without licence"
printf 'a document\n\nSPDX-License-Identifier: Apache-2.0\n' > "$tree/README"
rm "$tree/tests/flow/a.tap"
expect licence 0 "a document that ends with it"
echo 'a document' > "$tree/README"
expect licence 1 "a document without licence"
rm "$tree/README"
clean
put src/base/err_a.def 'ERR_ROW(A_GONE, "a-gone", EXIT_USAGE, "", "", "")'
put src/base/a.c '/* Says ERR_A_GONE. */' 'int a(int code)' '{' '    return code == ERR_A_GONE;' '}'
expect errors 1 "an error that nothing raises"
put src/base/a.c 'int a(int code)' '{' '    return err_fail(0, ERR_A_GONE, 0);' '}'
expect errors 0 "an error that is raised"
clean
put src/base/a.c '/* TO''DO */'
expect words 1 "an unfinished mark"
clean
put src/base/a.c 'const char *a = "/wo''rk/x";'
expect words 1 "a path of a machine"
clean
put src/base/a.c 'const char *a = _("text");'
expect potfiles 1 "a text that no translator sees"
echo src/base/a.c >> "$tree/po/POTFILES.in"
expect potfiles 0 "a text that translators see"
clean
mkdir "$tree/tests/promises"
put src/base/err.h '    EXIT_INTERNAL = 1, /* why */' '    EXIT_USAGE = 4,'
put src/base/err_base.def 'ERR_ROW(A, "one", EXIT_USAGE, "", "", "")' 'ERR_ROW(B,' '        "two", EXIT_INTERNAL, "", "", "")'
printf '%s\n' '# kept' 'one 4' 'two 1' > "$tree/tests/promises/errors.txt"
expect error-ids 0 "ids as they were"
echo 'three 4' >> "$tree/tests/promises/errors.txt"
expect error-ids 1 "an id that is gone"
printf '%s\n' '# kept' 'one 1' 'two 1' > "$tree/tests/promises/errors.txt"
expect error-ids 1 "an id with another exit code"
printf '%s\n' '# kept' 'one 4' > "$tree/tests/promises/errors.txt"
expect error-ids 1 "a new id"
(top_srcdir=$tree sh "$here/tests/layers/error-ids.sh" --update)
expect error-ids 0 "a new id that was added"
put tests/a.c 'unit_expect_err(&err, ERR_A);' 'grep two'
echo '# why' > "$tree/tests/promises/untested.txt"
expect error-tests 0 "every error has a test"
put tests/a.c 'unit_expect_err(&err, ERR_A);'
expect error-tests 1 "an error without a test"
echo 'two nobody can raise it' >> "$tree/tests/promises/untested.txt"
expect error-tests 0 "an error without a test, and why"
echo 'one it has a test' >> "$tree/tests/promises/untested.txt"
expect error-tests 1 "a reason that is no longer true"
put src/base/err_cfg.def 'ERR_ROW(C, "one", EXIT_USAGE, "", "", "")'
expect error-ids 1 "an id twice"
echo src/base/gone.c >> "$tree/po/POTFILES.in"
expect potfiles 1 "a file that is gone"

clean
put ui/a.c '    {.kind = FIELD_TEXT, .key = "a", .help = N_("A."), .why = N_("Because.")},' '    {.kind = FIELD_BUTTON, .help = N_("B.")},' \
  '    {.kind = FIELD_LIST, .help = N_("Press Enter."), .why = N_("C."), .spoken = ""},' '    {.kind = FIELD_NOTE, .text = a},'
expect fields 0 "fields that explain themselves"
put ui/a.c '    {.kind = FIELD_TEXT,' '     .key = "a",' '     .help = N_("A.")},'
expect fields 1 "a field without a reason"
put ui/a.c '    {.kind = FIELD_BUTTON, .key = "a"},'
expect fields 1 "a button without help"
put ui/a.c '    {.kind = FIELD_FILE, .help = N_("F2 looks for it."), .why = N_("C.")},'
expect fields 1 "a key that line prompts do not have"

if command -v "${CC:-cc}" > /dev/null && command -v objdump > /dev/null; then
  clean
  put src/base/a.c 'static int n;' 'int a(void);' 'int a(void) { return ++n; }'
  compile src/base/a
  expect writable-data 1 "a variable of a file"
  put src/base/a.c 'static const char *const t[] = {"x"};' 'const char *a(int i);' 'const char *a(int i) { return t[i]; }'
  compile src/base/a
  expect writable-data 0 "a table"
  put src/base/a.c 'void cJSON_Delete(void *);' 'void a(void);' 'void a(void) { cJSON_Delete(0); }'
  compile src/base/a
  expect symbols 1 "a call of cJSON"
  mv "$tree/src/base/a.o" "$tree/src/base/libbase_a-json.o"
  expect symbols 0 "a call of cJSON from json.c"
  put ui/a.c 'void initscr(void);' 'void a(void);' 'void a(void) { initscr(); }'
  compile ui/a
  expect symbols 0 "a call of curses from ui"
  mv "$tree/ui/a.o" "$tree/src/cfg/a.o"
  expect symbols 1 "a call of curses from cfg"
fi
clean
mkdir -p "$tree/tests/flow" "$tree/tests/screens"
: > "$tree/tests/flow/walk_one.tap"
echo 'static void test_it(void)' > "$tree/tests/screens/wizard_screen_test.c"
printf '    %-54s%s\n' 'a row' 'flows: walk_one; wizard: it' > "$tree/tests/README"
expect readme 0 "named tests that are there"
for named in 'flows: walk_two' 'wizard: other' 'tests/flow/none.tap' 'token_screen'; do
  printf '    %-54s%s\n' 'a row' "$named" > "$tree/tests/README"
  expect readme 1 "a test that is not there: $named"
done
exit "$failed"
