# SPDX-License-Identifier: Apache-2.0
"""What each recorded case must say when our tool fails on it: one row in expected_ids.txt, made once by

    cases.py BINDIR VECTORS --write-expected

and read by a person before it is committed. A row: the case, the error id on standard error (- when there is
nothing but what Dogtag's tool says), whose words must be those of src/base/err_*.def, and how much of the recorded standard output is said before the tool stops:
    all        every line of it, but for those that name a Java exception
    N          the first N lines
    N+usage    the first N lines, then the setting that is missing and the usage
    more       it goes on where Dogtag's tool stumbled (class unknown-codes-shown)
Blank lines do not count."""
import os
import re

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected_ids.txt")
# Lines that may be missing: they tell a Java exception by its class name. The reason is told on standard error instead.
JAVA_LINES = (
    re.compile(r".*\b(java|javax|org)\.[\w.]+\.\w+(Exception|Error)\b"),
)


SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "base")
STRING = r'(?:"(?:[^"\\]|\\.)*"\s*)+'
ROW = re.compile(r'ERR_ROW\(\w+,\s*"([a-z0-9-]+)",\s*\w+,\s*' + r",\s*".join([r"(?:N_\()?(%s)\)?" % STRING] * 3) + r"\)")


def texts():
    """id -> (what happened, why, what to do): the rows of src/base/err_*.def."""
    out = {}
    for name in os.listdir(SOURCES):
        if name.startswith("err_") and name.endswith(".def"):
            with open(os.path.join(SOURCES, name), encoding="utf-8") as f:
                for row in ROW.findall(f.read()):
                    out[row[0]] = tuple(re.sub(r"\\(.)", r"\1", "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', part))) for part in row[1:])
    return out


TEXTS = texts()


def right_words(case, error):
    """The explanation is that of the error: what, why and what to do, all in full."""
    what, why, remedy = TEXTS.get(error, ("", "", ""))
    lines = case.our_stderr.split("\n")
    must = ["%s: error: %s [%s]" % (case.tool, what, error)] + (["Why: " + why] if why else []) + (
        ["What to do: " + remedy] if remedy else [])
    return bool(what) and all(line in lines for line in must)


def kept(text):
    return [line for line in text if line and not any(row.match(line) for row in JAVA_LINES)]


def error_id(case):
    found = re.findall(r"^%s: error: \S.* \[([a-z0-9-]+)\]$" % re.escape(case.tool), case.our_stderr, re.M)
    if not found and case.our_stderr.strip() in ("", case.stderr.strip()):
        return "-"
    return found[0] if len(found) == 1 and right_words(case, found[0]) else None


def said(recorded, ours):
    """How much of the recorded lines ours say, in the words of the table. None: something else."""
    theirs, mine = kept(recorded), kept(ours)
    if theirs == mine:
        return "all"
    if mine == theirs[:len(mine)]:
        return str(len(mine))
    n = next((i for i, line in enumerate(mine) if i >= len(theirs) or line != theirs[i]), len(mine))
    if re.match(r"Missing \w", mine[n]) and n + 1 < len(mine) and mine[n + 1].startswith("Usage: "):
        return "%d+usage" % n
    return "more" if n == len(theirs) and n else None


def read():
    rows = {}
    with open(TABLE, encoding="ascii") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                case, error, how_much = line.split()
                rows[case] = (error, how_much)
    return rows


def write(rows):
    with open(TABLE, "w", encoding="ascii") as f:
        f.write("# SPDX-License-Identifier: Apache-2.0\n")
        f.write("# Case, error id, how much of the recorded standard output is said: see expected.py.\n")
        for case in sorted(rows):
            f.write("%s %s %s\n" % ((case,) + rows[case]))


def faults(case, row, recorded, ours):
    """Of a run of ours that failed; recorded and ours are the lines after the filters of the classes."""
    if row is None:
        return [("BAD no row in expected_ids.txt", None, (error_id(case), said(recorded, ours)))]
    out = []
    if error_id(case) != row[0]:
        out.append(("BAD error id", row[0], error_id(case)))
    if said(recorded, ours) != row[1]:
        out.append(("BAD standard output: recorded lines that are said", row[1], said(recorded, ours)))
    return out
