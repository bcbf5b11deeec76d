#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The letters that pick an answer of a dialog: one each, different from each other, in every language.

    access_keys.py TOP_SRCDIR CATALOGUE.po...

A dialog is what stands between the braces of ".answers =" in a source. An untranslated answer counts as English. One line per finding;
exit 1 when something was found, or when no dialog was.
"""
import glob
import importlib.util
import os
import re
import sys

ANSWERS = re.compile(r"\.answers\s*=\s*\{")
LABEL = re.compile(r'N_\(("(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*)\)')


def load(name):
    spec = importlib.util.spec_from_file_location(name, os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def braces(text, at):
    """The text up to the brace that closes the one before at; quoted braces do not count."""
    depth, quoted = 1, False
    for end in range(at, len(text)):
        char = text[end]
        if char == '"' and text[end - 1] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += (char == "{") - (char == "}")
            if depth == 0:
                return text[at:end]
    return text[at:]


def labels(answers):
    """The first text of each answer; its help has no mark."""
    found = []
    for match in re.finditer(r"\{", answers):
        label = LABEL.match(answers, match.end())
        if label:
            found.append("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', label.group(1))).replace('\\"', '"'))
    return found


def dialogs(top):
    for folder in ("screens", "ui", "src"):
        for path in sorted(glob.glob(f"{top}/{folder}/**/*.c", recursive=True)):
            text = open(path, encoding="utf-8").read()
            for match in ANSWERS.finditer(text):
                group = labels(braces(text, match.end()))
                if len(group) > 1:
                    yield f"{path[len(top) + 1:]}:{text.count(chr(10), 0, match.start()) + 1}", group


def letter(text):
    mark = re.search(r"&(\w)", text)
    return mark.group(1).lower() if mark else None


def judge(where, language, group):
    marks = [letter(text) for text in group]
    for text, mark in zip(group, marks):
        if not mark:
            yield f"{where}: {language}: no letter picks “{text}”"
    for mark in sorted({m for m in marks if m and marks.count(m) > 1}):
        yield f"{where}: {language}: {mark} picks several answers: {' | '.join(group)}"


def main():
    top, catalogues = sys.argv[1], load("catalogues")
    languages = {"en": {}}
    for path in sys.argv[2:]:
        name = os.path.basename(path)[:-len(".po")]
        languages[name] = {e.id: e.texts.get("msgstr") for e in catalogues.read(path)
                           if not e.obsolete and e.context is None and "fuzzy" not in e.flags}
    found, n = [], 0
    for where, group in dialogs(top):
        n += 1
        for language, words in languages.items():
            found += judge(where, language, [words.get(text) or text for text in group])
    print("\n".join(found + [f"{n} dialogs in {len(languages)} languages: {len(found)} findings"]))
    return 1 if found or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
