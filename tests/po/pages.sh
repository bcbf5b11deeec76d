# SPDX-License-Identifier: Apache-2.0
# Sourced after lib.sh by tests that walk as a person does ("$walks_on" WALK go en OPTION...) and compare each page with the one that is
# kept in tests/screens/walks.
walk=$top_builddir/tests/po/screens_walk
walks_on=$walk
if [ -n "${WALK_TMUX:-}" ]; then # make walks: a terminal that people have
    . "$top_srcdir/tests/screens/walks.sh" || exit 1
    walks_on=walk_in_tmux
fi
WALK_DUMPS=$dir/pages
WALK_SIZE=${WALK_SIZE:-80x24}
export WALK_DUMPS WALK_SIZE

# Long words of a fingerprint need a second row, which stands below the page then.
one_row_of_words() {
    awk '/\(as many words\)/ { words = 1; print; next }
        words && /^                 *[a-z][a-z ]*$/ { more++; next }
        { words = 0 }
        /^ ─/ && NR > 3 { for (; more > 0; more--) print "" }
        { print }'
}

# same_pages NAME: each page of the walk is the one that is kept in tests/screens/walks. With CMCW_DUMPS_UPDATE it is kept instead.
same_pages() {
    kept=$top_srcdir/tests/screens/walks/$1-$WALK_SIZE
    mkdir "$dir/masked"
    for page in "$WALK_DUMPS"/*.txt; do
        sed -f "$top_srcdir/tests/screens/walks.sed" "$page" | one_row_of_words > "$dir/masked/${page##*/}"
    done
    if [ -n "${CMCW_DUMPS_UPDATE:-}" ]; then
        rm -rf "$kept"
        mkdir -p "$kept"
        cp "$dir"/masked/* "$kept"
    fi
    diff -r "$kept" "$dir/masked"
    differ=$?
    rm -rf "$dir/masked" "$WALK_DUMPS"
    return $differ
}
