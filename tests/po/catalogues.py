#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks at catalogues: what msgfmt does not see.

    catalogues.py [--strict LANG]... TEMPLATE.pot CATALOGUE.po...

One line per finding, FILE:LINE: what; then one line per catalogue with its numbers. Exit 1 when something was found.
In a catalogue that is not strict, texts without a translation are only counted.
"""
import re
import sys
import unicodedata

ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "r": "\r", "a": "\a", "0": "\0"}


class Entry:
    def __init__(self, line):
        self.line, self.notes, self.flags, self.obsolete = line, [], set(), False
        self.context, self.id, self.plural, self.texts = None, None, None, {}

    def key(self):
        return (self.context, self.id)


def unquote(text):
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m.group(1), m.group(0)), text[1:-1])


def read(path):
    """All entries of a catalogue, the header first."""
    entries, entry, slot = [], None, None
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\n")
            obsolete = line.startswith("#~")
            if obsolete:
                line = line[2:].lstrip()
            if not line:
                entry = None
                continue
            if entry is None or (line.startswith(("#", "msgctxt")) and entry.id is not None):
                entry, slot = Entry(number), None
                entries.append(entry)
            entry.obsolete = entry.obsolete or obsolete
            if line.startswith("#,"):
                entry.flags |= {flag.strip() for flag in line[2:].split(",")}
            elif line.startswith("#."):
                entry.notes.append(line[2:].strip())
            elif line.startswith("#"):
                continue
            elif line.startswith('"'):
                add(entry, slot, unquote(line))
            else:
                word, text = line.split(" ", 1)
                slot = word
                if word == "msgid":
                    entry.id, entry.line = "", number
                add(entry, slot, unquote(text))
    return [e for e in entries if e.id is not None]


def add(entry, slot, text):
    if slot == "msgctxt":
        entry.context = (entry.context or "") + text
    elif slot == "msgid":
        entry.id += text
    elif slot == "msgid_plural":
        entry.plural = (entry.plural or "") + text
    else:
        entry.texts[slot] = entry.texts.get(slot, "") + text


def width(text):
    """Columns of a terminal, as wcwidth counts them."""
    columns = 0
    for c in text:
        if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf"):
            continue
        columns += 2 if unicodedata.east_asian_width(c) in "WF" else 1
    return columns


def budget(entry):
    found = [int(n) for note in entry.notes for n in re.findall(r"at most (\d+) columns", note)]
    return min(found) if found else None


def shown(text):
    """The text as it stands on the screen: an access key's sign is not drawn."""
    return re.sub(r"&(?=\w)", "", text) if accelerators(text) else text


def accelerators(text):
    return re.findall(r"&(\w)", text)


def budget_problem(entry, text):
    limit = budget(entry)
    if limit is None:
        return None
    # Placeholders are as wide as what they become; the budget is for the words.
    columns = max(width(line) for line in shown(re.sub(r"%[-0-9.*]*[a-z]+", "", text)).split("\t"))
    return f"{columns} columns, at most {limit}: {text}" if columns > limit else None


def edge(text):
    return (text[:1] == "\n", text[-1:] == "\n", text[:1] == " ", text[-1:] == " ", text.count("\t"))


def accelerator_problem(entry, text):
    if len(accelerators(entry.id)) != 1 or "%" in entry.id:
        return None
    marks = accelerators(text)
    if len(marks) != 1 or not re.match(r"[A-Za-z0-9]", marks[0]):
        return f'one letter A to Z wants an "&" before it: {text}'
    return None


def literal_problem(entry, text):
    """What stands in a text to be typed or compared stays as it is."""
    for word in re.findall(r"\{\d\}|--[a-z][a-z-]+|%%", entry.id):
        if text.count(word) < entry.id.count(word):
            return f'"{word}" is missing: {text}'
    return None


def edge_problem(entry, text):
    if edge(text) != edge(entry.id):
        return f"line ends, blanks at the edge or tabs are not as in the original: {text!r}"
    return None


def date_problem(entry, text):
    """A form of dates keeps its parts; day and hour may go without a leading zero."""
    parts = sorted({"e": "d", "k": "H"}.get(sign, sign) for sign in re.findall(r"%(.)", text))
    if entry.context == "date" and parts != sorted(re.findall(r"%(.)", entry.id)):
        return f"not the parts of a date: {text}"
    return None


CHECKS = (budget_problem, accelerator_problem, literal_problem, edge_problem, date_problem)


def check_entry(entry, strict):
    """Findings of one entry."""
    texts = [t for t in entry.texts.values()]
    if not all(texts):
        return ["no translation: " + entry.id.split("\n")[0]] if strict else []
    if "fuzzy" in entry.flags:
        return ["fuzzy: look at it and take the mark away: " + entry.id.split("\n")[0]]
    return [p for text in texts for check in CHECKS for p in [check(entry, text)] if p]


def check_header(entries, language):
    header = entries[0].texts.get("msgstr", "") if entries and not entries[0].id else ""
    for field in ("Last-Translator: cmc-wizard project\n", "Language-Team: cmc-wizard project\n", f"Language: {language}\n",
                  "charset=UTF-8", "Plural-Forms: nplurals="):
        if field not in header:
            yield f"the header has no {field.strip()}"
    code = [e for e in entries if e.key() == ("language code", "en")]
    if not code or code[0].texts.get("msgstr") != language:
        yield f'the message "language code" has to say {language}'


def check_catalogue(path, template, strict):
    """Findings as (line, text), and how many texts are translated."""
    language = re.sub(r".*/|\.po$", "", path)
    entries = [e for e in read(path) if not e.obsolete]
    known = {e.key(): e for e in entries}
    findings = [(1, text) for text in check_header(entries, language)]
    done = 0
    for wanted in template:
        entry = known.get(wanted.key())
        if not entry or not all(entry.texts.values()):
            if strict:
                findings.append((entry.line if entry else 1, "no translation: " + wanted.id.split("\n")[0]))
            continue
        done += 1
        entry.notes = wanted.notes
        findings += [(entry.line, text) for text in check_entry(entry, strict)]
    return findings, done


def check_template(template, path):
    """The originals keep their own budgets."""
    for entry in template:
        for text in [entry.id] + ([entry.plural] if entry.plural else []):
            problem = budget_problem(entry, text)
            if problem:
                yield f"{path}:{entry.line}: {problem}"


def main(arguments):
    strict = set()
    while arguments and arguments[0] == "--strict":
        strict.add(arguments[1])
        arguments = arguments[2:]
    template_path, catalogues = arguments[0], arguments[1:]
    template = [e for e in read(template_path) if e.id]
    failed = False
    for line in check_template(template, template_path):
        print(line)
        failed = True
    for path in catalogues:
        language = re.sub(r".*/|\.po$", "", path)
        findings, done = check_catalogue(path, template, language in strict)
        for line, text in findings:
            print(f"{path}:{line}: {text}")
            failed = True
        print(f"{language}: {done} of {len(template)} texts, {len(findings)} findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
