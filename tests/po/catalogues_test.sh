#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Catalogues: formats, access keys, widths, nothing fuzzy; those that are named below are complete as well.
top_srcdir=${top_srcdir:-.} top_builddir=${top_builddir:-.}
command -v python3 > /dev/null && command -v msgfmt > /dev/null || exit 77

# The switch: languages whose catalogues have every text of the sources.
complete="de fr ja zh_CN"

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
failed=0
look="python3 $top_srcdir/tests/po/catalogues.py"

strict=$(for language in $complete; do printf -- '--strict %s ' "$language"; done)
languages=$(sed '/^#/d' "$top_srcdir/po/LINGUAS")
for language in $languages; do
  msgfmt -c -o "$folder/$language.mo" "$top_srcdir/po/$language.po" || failed=1
done
$look $strict "$top_srcdir/po/cmc-wizard.pot" $(for language in $languages; do echo "$top_srcdir/po/$language.po"; done) || failed=1

# The letters that pick an answer differ within a dialog; the check itself finds two that do not, and an answer without one.
keys="python3 -B $top_srcdir/tests/po/access_keys.py"
$keys "$top_srcdir" $(for language in $languages; do echo "$top_srcdir/po/$language.po"; done) || failed=1
mkdir -p "$folder/tree/ui"
printf '.answers = {{N_("&Yes"), N_("Help & more.")}, {N_("&No"), NULL}}, .answers = {{N_("&Keep"), NULL}, {N_("Leave"), NULL}}\n' \
  > "$folder/tree/ui/a.c"
printf 'msgid ""\nmsgstr ""\n\nmsgid "&Yes"\nmsgstr "&Naturally"\n' > "$folder/xx.po"
$keys "$folder/tree" "$folder/xx.po" > "$folder/found"
[ "$(grep -c 'xx: n picks several answers' "$folder/found")" = 1 ] && [ "$(grep -c 'no letter picks' "$folder/found")" = 2 ] ||
  { cat "$folder/found"; failed=1; }

# The checks themselves: a catalogue with one mistake of each kind.
cat > "$folder/bad.pot" << 'END'
msgid ""
msgstr ""

#. TRANSLATORS: at most 8 columns
msgid "Wide"
msgstr ""

msgid "&Keep it"
msgstr ""

msgid "Use --plain, then {1}."
msgstr ""

msgid "Ends.\n"
msgstr ""

msgctxt "date"
msgid "%Y-%m-%d"
msgstr ""

msgid "Old"
msgstr ""

msgid "Missing"
msgstr ""
END
cat > "$folder/bad.po" << 'END'
msgid ""
msgstr ""
"Last-Translator: somebody\n"
"Language: bad\n"

msgid "Wide"
msgstr "全角文字五"

msgid "&Keep it"
msgstr "Behalten"

msgid "Use --plain, then {1}."
msgstr "Nimm {1}."

msgid "Ends.\n"
msgstr "Ende."

msgctxt "date"
msgid "%Y-%m-%d"
msgstr "%d.%m.%y"

#, fuzzy
msgid "Old"
msgstr "Alt"
END
$look --strict bad "$folder/bad.pot" "$folder/bad.po" > "$folder/findings" && { echo "mistakes pass"; failed=1; }
for what in "10 columns, at most 8" 'one letter A to Z' '"--plain" is missing' "line ends" "not the parts of a date" "fuzzy: " "no translation: Missing" \
  "no Last-Translator" '"language code"'; do
  grep -qF -- "$what" "$folder/findings" || { echo "not found: $what"; cat "$folder/findings"; failed=1; }
done
exit $failed
