#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A strict reader of iCalendar files (RFC 5545), for tests: ics.py FILE prints NAME<tab>VALUE of the event, unescaped.

Ends with 1 and a sentence when the file is not what 3.1 (lines, folding), 3.3.11 (TEXT), 3.4 and 3.6 (components, properties
that must be there once) ask for.
"""
import re
import sys


def fail(why):
    sys.exit("ics: " + why)


def unfold(data):
    if not data.endswith(b"\r\n"):
        fail("the last line has no end")
    lines = []
    for raw in data[:-2].split(b"\r\n"):
        if b"\n" in raw or b"\r" in raw:
            fail("a line does not end with CRLF")
        if len(raw) > 75:
            fail("a line has %d octets" % len(raw))
        raw.decode("utf-8")  # folding inside a character is allowed by the letter, and breaks readers
        if raw[:1] in (b" ", b"\t"):
            if not lines:
                fail("the first line continues nothing")
            lines[-1] += raw[1:]
        else:
            lines.append(raw)
    return [line.decode("utf-8") for line in lines]


def text(value):
    if re.search(r"(?<!\\)(?:\\\\)*[;,]", value) or any(ord(c) < 32 for c in value):
        fail("not escaped: " + value)
    if re.search(r"(?<!\\)(?:\\\\)*\\(?![\\;,nN])", value):
        fail("a lone backslash: " + value)
    return re.sub(r"\\(.)", lambda m: "\n" if m.group(1) in "nN" else m.group(1), value)


def components(lines):
    stack, found = [], []
    for line in lines:
        match = re.fullmatch(r"([A-Z-]+)((?:;[A-Z-]+=[^;:]+)*):(.*)", line, re.S)
        if not match:
            fail("no content line: " + line)
        name, params, value = match.groups()
        if name == "BEGIN":
            stack.append([value, []])
        elif name == "END":
            if not stack or stack[-1][0] != value:
                fail("END:%s closes nothing" % value)
            found.append(stack.pop())
        elif not stack:
            fail("a property outside of a component")
        else:
            stack[-1][1].append((name, params, value))
    if stack:
        fail(stack[-1][0] + " is not closed")
    return found


def once(component, name, pattern=None):
    values = [v for n, _, v in component[1] if n == name]
    if len(values) != 1:
        fail("%s has %d %s" % (component[0], len(values), name))
    if pattern and not re.fullmatch(pattern, values[0]):
        fail("%s:%s" % (name, values[0]))
    return values[0]


def main():
    with open(sys.argv[1], "rb") as file:
        found = components(unfold(file.read()))
    if [c[0] for c in found] != ["VALARM", "VALARM", "VEVENT", "VCALENDAR"]:
        fail("components " + " ".join(c[0] for c in found))
    once(found[-1], "VERSION", r"2\.0")
    once(found[-1], "PRODID", r".+")
    event = found[2]
    once(event, "DTSTAMP", r"\d{8}T\d{6}Z")
    if not once(event, "DTSTART", r"\d{8}") < once(event, "DTEND", r"\d{8}"):
        fail("it ends before it begins")
    for alarm in found[:2]:
        once(alarm, "ACTION", "DISPLAY")
        once(alarm, "TRIGGER", r"-?P(\d+W|\d+D(T\d+[HMS])?|T\d+[HMS])")
        text(once(alarm, "DESCRIPTION"))
    for name in ("UID", "SUMMARY", "DESCRIPTION"):
        print(name, text(once(event, name)).replace("\n", " | "), sep="\t")
    print("DTSTART", once(event, "DTSTART"), sep="\t")


main()
