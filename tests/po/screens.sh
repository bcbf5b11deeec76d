# SPDX-License-Identifier: Apache-2.0
# Sourced by screens_*.tap: lib.sh, catalogues with the two pseudo languages, and look WALK.
. "${top_srcdir:-.}/tests/flow/lib.sh" || exit 1
for tool in python3 msgfmt; do
    command -v "$tool" > /dev/null || skip_all "$tool is not installed"
done
[ -x "$top_builddir/tests/po/screens_walk" ] || skip_all "libvterm is not installed"
[ -d "$top_builddir/po/locale" ] || skip_all "no catalogues are built"
HOME=$dir/home
WIZARD=$wizard CA=$ca PORT=$port
CMC_WIZARD_LOCALEDIR=$dir/locale
export HOME WIZARD CA PORT CMC_WIZARD_LOCALEDIR
mkdir -p "$HOME"
cp -R "$top_builddir/po/locale" "$dir/locale"
for kind in long:xl wide:xw; do
    code=${kind#*:}
    mkdir -p "$dir/locale/$code/LC_MESSAGES"
    python3 -B "$top_srcdir/tests/po/pseudo.py" "${kind%:*}" "$top_srcdir/po/cmc-wizard.pot" "$dir/$code.po" &&
        msgfmt -o "$dir/locale/$code/LC_MESSAGES/cmc-wizard.mo" "$dir/$code.po" || bail_out "no pseudo language $code"
done

# An entry whose catalogue has no translation yet would not say which language it is: switching to it would fail.
for language in $(sed '/^#/d' "$top_srcdir/po/LINGUAS"); do
    [ -s "$dir/locale/$language/LC_MESSAGES/cmc-wizard.mo" ] || bail_out "no catalogue $language"
done

# look WALK: every page of it, in every language.
look() {
    run 0 "every page of the walk $1 in every language" "$top_builddir/tests/po/screens_walk" "$1"
    tail -1 "$dir/said" | sed 's/^/# /'
}
