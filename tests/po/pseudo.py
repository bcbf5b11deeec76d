#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a catalogue that nobody reads but tests: each text of the template in disguise.

    pseudo.py long|wide TEMPLATE.pot CATALOGUE.po

long: letters with accents, 40 % longer, between U+27E6 and U+27E7, so that a cut or untranslated text shows.
wide: letters of two columns, as many columns as the original, between corner brackets.
Placeholders, options, access keys, blanks at the edges and line ends stay; a width in a note is kept.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import catalogues  # noqa: E402

ACCENTS = dict(zip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
                   "åƀçđéƒğĥíĵķłɱñőþɋŕšŧűṽŵẋýžÅƁÇĐÉƑĞĤÍĴĶŁṀÑŐÞǬŔŠŦŰṼŴẊÝŽ"))
KEPT = re.compile(r"%(?:\d+\$)?[-+#0-9.*]*(?:hh|h|ll|l|z|j)?[diouxXcsfge%]|\{\d\}|--[a-z][a-z-]*|&\w|:[a-z]+(?=  )")
MARKS = {"long": "⟦⟧", "wide": "「」"}
CODES = {"long": "xl", "wide": "xw"}

HEADER = r"""msgid ""
msgstr "Project-Id-Version: cmc-wizard\n"
"PO-Revision-Date: 2000-01-01 00:00+0000\n"
"Last-Translator: cmc-wizard project\n"
"Language-Team: cmc-wizard project\n"
"Language: {code}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""


def pieces(text):
    """(kept, text) parts of a line."""
    at = 0
    for found in KEPT.finditer(text):
        yield False, text[at:found.start()]
        yield True, found.group()
        at = found.end()
    yield False, text[at:]


def lengthen(text):
    return "".join(ACCENTS.get(c, c) for c in text)


def widen(text):
    """Every word in letters of two columns, half as many."""
    def word(found):
        letters = found.group()
        return "".join(chr(ord(c) - 0x21 + 0xFF01) for c in letters[: (len(letters) + 1) // 2])
    return re.sub(r"[A-Za-z]+", word, text)


def cut(parts, room, marks):
    """Takes letters away from the end until the text and its marks fit."""
    def columns():
        return catalogues.width("".join(t for _, t in parts if not (_ and t.startswith("%"))).replace("&", "")) + \
            catalogues.width(marks)
    for i in range(len(parts) - 1, -1, -1):
        kept, text = parts[i]
        while not kept and text and columns() > room:
            text = text[:-1]
            parts[i] = (kept, text)
    return parts


def disguise(line, kind, room):
    """One line without blanks at its edges."""
    marks = MARKS[kind]
    change = lengthen if kind == "long" else widen
    parts = [(kept, text if kept else change(text).replace("…", "..")) for kept, text in pieces(line)]
    if room:
        parts = cut(parts, room, marks)
    text = "".join(t for _, t in parts)
    if kind == "long" and not room:
        # Words, not one long one: they must wrap as words do.
        grow = max(1, len(line) * 4 // 10)
        text += "".join(" ···"[i % 4] for i in range(grow))
        text = text.rstrip()
    elif kind == "long":
        used = catalogues.width(catalogues.shown(re.sub(r"%[-0-9.*]*[a-z]+", "", text))) + 2
        text += "·" * max(0, min(room - used, max(1, len(line) * 4 // 10)))
    return marks[0] + text + marks[1]


def translate(entry, text, kind):
    if entry.context in ("date", "decimal mark"):  # forms, not words
        return text
    if entry.key() == ("language code", "en"):
        return CODES[kind]
    room = catalogues.budget(entry)
    out = []
    for part in re.split(r"([\n\t])", text):
        body = part.strip()
        if not body or not re.search(r"[A-Za-z]", KEPT.sub("", body)):
            out.append(part)
            continue
        lead, trail = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()):]
        out.append(lead + disguise(body, kind, room) + trail)
    return "".join(out)


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def main(kind, template, path):
    with open(path, "w", encoding="utf-8") as out:
        out.write(HEADER.format(code=CODES[kind]))
        for entry in catalogues.read(template):
            if not entry.id:
                continue
            out.write("\n")
            if entry.flags:
                out.write("#, " + ", ".join(sorted(entry.flags - {"fuzzy"})) + "\n")
            if entry.context is not None:
                out.write("msgctxt " + quote(entry.context) + "\n")
            out.write("msgid " + quote(entry.id) + "\n")
            if entry.plural is None:
                out.write("msgstr " + quote(translate(entry, entry.id, kind)) + "\n")
            else:
                out.write("msgid_plural " + quote(entry.plural) + "\n")
                out.write("msgstr[0] " + quote(translate(entry, entry.id, kind)) + "\n")
                out.write("msgstr[1] " + quote(translate(entry, entry.plural, kind)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
