# SPDX-License-Identifier: Apache-2.0
# Reads a template of xgettext; writes it with the widths of tables (file budgets) as comments for translators, and
# with locations that name the file only.
BEGIN {
    while ((getline line < rules) > 0) {
        if (line !~ /^#/ && split(line, part, "\t") == 3) {
            n_rules++
            table[n_rules] = part[1]; before[n_rules] = part[2]; columns[n_rules] = part[3]
        }
    }
}

function load(file,    line, name, n) {
    loaded[file] = 1
    while ((getline line < (top "/" file)) > 0) {
        n++
        source[file, n] = line
        if (line ~ /\] = \{|^ *(static )?const struct [a-z_]+ [A-Za-z_]+ = \{/ && line ~ /(static|const|^\})/) {
            name = line
        }
        named[file, n] = name
    }
}

# The row of a table from its beginning to the text at this line that begins like this one.
function row_before(file, line, text,    joined, i, at) {
    at = index(source[file, line], "_(\"" text)
    if (!at) {
        at = index(source[file, line], "\"" text)
    }
    if (!at) {
        at = match(source[file, line], /N?C?_\(/)
    }
    joined = substr(source[file, line], 1, at - 1)
    sub(/NC?$/, "", joined)
    for (i = line - 1; i > 0 && i > line - 14; i--) {
        if (source[file, i] ~ /\] = \{$/) {
            break
        }
        joined = source[file, i] " " joined
    }
    while ((at = index(joined, "},")) > 0 && substr(joined, at + 2) ~ /\{/) {
        joined = substr(joined, at + 2)
    }
    gsub(/ +/, " ", joined)
    return joined
}

function budget(file, line, text,    i, row, least) {
    if (!(file in loaded)) {
        load(file)
    }
    row = row_before(file, line, text)
    for (i = 1; i <= n_rules; i++) {
        if (named[file, line] ~ table[i] && row ~ before[i] && (!least || columns[i] < least)) {
            least = columns[i]
        }
    }
    return least
}

function flush_entry(    i, j, n, place, at, least, now, text, seen, out, notes) {
    text = ""
    for (i = 1; i <= n_lines; i++) {
        if (entry[i] ~ /^msgid "/) {
            text = substr(entry[i], 8)
            text = text == "\"" && entry[i + 1] ~ /^"/ ? entry[i + 1] : entry[i]
            sub(/^(msgid )?"/, "", text)
            sub(/"$/, "", text)
            text = substr(text, 1, 24)
            sub(/\\$/, "", text)
            break
        }
    }
    least = 0
    for (i = 1; i <= n_lines; i++) {
        if (entry[i] ~ /^#: /) {
            n = split(substr(entry[i], 4), place, " ")
            for (j = 1; j <= n; j++) {
                at = match(place[j], /:[0-9]+$/)
                now = budget(substr(place[j], 1, at - 1), substr(place[j], at + 1) + 0, text)
                if (now && (!least || now < least)) {
                    least = now
                }
            }
        } else if (entry[i] ~ /^#\. .*columns/) {
            notes = entry[i]
        }
    }
    delete seen
    for (i = 1; i <= n_lines; i++) {
        if (entry[i] ~ /^#: /) {
            if (least && index(notes, least " columns") == 0) {
                print "#. TRANSLATORS: at most " least " columns"
                least = 0
            }
            n = split(substr(entry[i], 4), place, " ")
            for (j = 1; j <= n; j++) {
                sub(/:[0-9]+$/, "", place[j])
                if (!(place[j] in seen)) {
                    seen[place[j]] = 1
                    print "#: " place[j]
                }
            }
        } else {
            print entry[i]
        }
    }
    n_lines = 0
}

/^$/ { flush_entry(); print; next }
{ entry[++n_lines] = $0 }
END { flush_entry() }
