# SPDX-License-Identifier: Apache-2.0
"""Base64 on standard output and in files: how it is laid out, and whose octets it holds."""
import base64
import os
import re

import der

LONG = re.compile(rb"^[A-Za-z0-9+/]{60,}={0,2}\r?\n?$")
ANY = re.compile(rb"^[A-Za-z0-9+/]+={0,2}\r?\n?$")


def find(raw):
    """Lists of lines with their ends, one for every block of base64 of at least a line of 60 columns."""
    out, inside = [], False
    for line in raw.splitlines(keepends=True):
        if LONG.match(line) or (inside and ANY.match(line)):
            if not inside:
                out.append([])
            out[-1].append(line)
            inside = True
        else:
            inside = False
    return out


def layout(lines):
    """(columns, ends of the lines, end of the last one): what does not depend on the octets."""
    full, last = lines[:-1], lines[-1]
    ends = sorted({line[len(line.rstrip(b"\r\n")):] for line in full})
    return (sorted({len(line.rstrip(b"\r\n")) for line in full}), ends, last[len(last.rstrip(b"\r\n")):])


def octets(lines):
    return base64.b64decode(b"".join(line.strip() for line in lines), validate=True)


def text_layout(raw):
    """Of a PEM or base64 file: armour lines with their ends, and the layout of the block."""
    armour = [line for line in raw.splitlines(keepends=True) if line.startswith(b"-----")]
    return armour, [layout(block) for block in find(raw)]


def contents(case):
    """What the run wrote: the octets of each file, as they are and out of their armour."""
    out = []
    for name in case.our_files:
        path = os.path.join(case.work, name)
        if os.path.isfile(path) and not name.endswith(".db"):
            with open(path, "rb") as f:
                raw = f.read()
            out.append(raw)
            out += [octets(block) for block in find(raw)]
    return out


def faults(case):
    """Every block on standard output of ours: laid out as the recorded one, and the octets of a file that was written. An earlier
    block is a part of the message (the request that was made anew)."""
    theirs, mine = find(case.raw_stdout), find(case.our_raw_stdout)
    out = []
    if len(theirs) == len(mine) and [layout(b) for b in theirs] != [layout(b) for b in mine]:
        out.append(("BAD columns on standard output", [layout(b) for b in theirs], [layout(b) for b in mine]))
    if case.tool == "CMCResponse":  # -v: the certificates of the answer, which nobody writes in pieces
        same = [octets(b) for b in theirs] == [octets(b) for b in mine]
        return out if same else out + [("BAD base64 on standard output: other certificates", None, len(mine))]
    written = contents(case)
    for i, block in enumerate(mine):
        data = octets(block)
        if not written:
            case.printed = data  # held against the recorded one by the compare function
        elif i == len(mine) - 1 and data not in written:
            out.append(("BAD base64 on standard output: not what was written", None, data[:40]))
        elif i < len(mine) - 1 and not any(data in w or der.only(data).body in w for w in written):  # CRMF: a list of one
            out.append(("BAD base64 on standard output: no part of what was written", None, data[:40]))
    return out
