#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names and types of the members of JSON outputs, compared with the snapshot that says what scripts may rely on.

    members.py collect NAME GOT < OUTPUT       adds lines "NAME PATH TYPE" of each JSON document in OUTPUT to the file GOT
    members.py compare GOT SNAPSHOT [NAME]...  the names at the end were not run (a missing tool): their lines are not asked for

An event's document has its kind in its name. A tree within a tree is described once. With CMCW_PROMISES_UPDATE=1 compare adds
what is new; a line that is not seen any more stays an error: that is a member that scripts lost. Its "version" has to change then.
"""
import json
import os
import re
import sys

TYPES = {str: "string", bool: "boolean", int: "number", float: "number", dict: "object", list: "array", type(None): "null"}


def documents(text):
    """One or several JSON documents, one after the other."""
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield value


def describe(value, path, out):
    """Adds "PATH TYPE" of value and of all that is in it."""
    path = re.sub(r"(\.children\[\])+", ".children[]", path)
    if path == "version":
        out.add("version = %d" % value)
        return
    if path:
        out.add("%s %s" % (path, TYPES[type(value)]))
    for key, member in value.items() if isinstance(value, dict) else ():
        describe(member, path + "." + key if path else key, out)
    for member in value if isinstance(value, list) else ():
        describe(member, path + "[]", out)


def collect(name, got):
    """The lines of standard input."""
    n = 0
    with open(got, "a", encoding="utf-8") as file:
        for value in documents(sys.stdin.read()):
            kind = value.get("event") or (value.get("type") if "type" in value else None)
            whole = name + "/" + kind if kind else name
            lines = set()
            describe(value, "", lines)
            if not any(line.startswith("version = ") for line in lines):
                sys.exit(whole + ": there is no version")
            file.writelines("%s %s\n" % (whole, line) for line in sorted(lines))
            n += 1
    if not n:
        sys.exit(name + ": there is no JSON")


def compare(got, snapshot, skipped):
    """What is gone, and what is new."""
    with open(got, encoding="utf-8") as file:
        seen = set(file.read().splitlines())
    with open(snapshot, encoding="utf-8") as file:
        lines = file.read().splitlines()
    head, kept = [line for line in lines if line.startswith("#")], {line for line in lines if line and not line.startswith("#")}
    if os.environ.get("CMCW_PROMISES_UPDATE"):
        with open(snapshot, "w", encoding="utf-8") as file:
            file.write("\n".join(head + sorted(kept | seen)) + "\n")
        kept |= seen
    gone = sorted(line for line in kept - seen if line.split(" ")[0] not in skipped)
    new = sorted(seen - kept)
    for line in gone:
        print("gone, or of another type: " + line)
    for line in new:
        print("new (CMCW_PROMISES_UPDATE=1 adds it): " + line)
    return 1 if gone or new else 0


if __name__ == "__main__":
    if sys.argv[1] == "collect":
        collect(sys.argv[2], sys.argv[3])
    else:
        sys.exit(compare(sys.argv[2], sys.argv[3], sys.argv[4:]))
