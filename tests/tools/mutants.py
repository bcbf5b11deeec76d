#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tools that talk nonsense must fail every recorded case on which ours fails too. No process is started: judge() of cases.py gets
what such a tool would say.

    mutants.py VECTORS"""
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cases  # noqa: E402
import classes  # noqa: E402
import expected  # noqa: E402


def explanation(case, error):
    what, why, remedy = expected.TEXTS[error]
    return "%s: error: %s [%s]\n%sWhat to do: %s\n" % (case.tool, what, error, "Why: %s\n" % why if why else "", remedy)


def bananas(case, error):
    return "", "%s: error: Bananas are yellow. [usage]\nWhat to do: Eat one.\n" % case.tool


def bananas_with_the_id(case, error):
    return case.stdout, "%s: error: Bananas are yellow. [%s]\nWhat to do: Eat one.\n" % (case.tool, error)


def another_error(case, error):
    return case.stdout, explanation(case, "internal" if error != "internal" else "usage")


def silent(case, error):
    return "", explanation(case, error) if error != "-" else case.stderr


def chatty(case, error):
    return "Bananas are yellow.\n" + case.stdout, explanation(case, error) if error != "-" else case.stderr


def forgetful(case, error):
    """One option or key less in the usage text."""
    name = min(classes.names_in_usage(case.stdout) - classes.MISPRINTS)
    at = case.stdout.lower().index("usage: ")
    usage = re.sub(r"(?<![\w.-])%s(?![\w-])" % re.escape(name), "", case.stdout[at:])
    return case.stdout[:at] + usage, explanation(case, error) if error != "-" else case.stderr


# What the mutant does, and whether it is a mutant of that case at all.
MUTANTS = (
    (bananas, lambda case, row: True),
    (bananas_with_the_id, lambda case, row: row[0] != "-"),
    (another_error, lambda case, row: True),
    (silent, lambda case, row: row[1] not in ("0", "all") or (row[1] == "all" and expected.kept(cases.lines(case.stdout)))),
    (chatty, lambda case, row: True),
    (forgetful, lambda case, row: bool(classes.names_in_usage(case.stdout) - classes.MISPRINTS)),
)


def main():
    vectors, table, bad, n = os.path.abspath(sys.argv[1]), expected.read(), 0, 0
    with tempfile.TemporaryDirectory() as empty:
        for name, row in sorted(table.items()):
            for mutant, is_one in MUTANTS:
                case = cases.Case(vectors, name)
                if not is_one(case, row):
                    continue
                case.work, case.served, case.our_exit = empty, None, classes.failure_of(case)
                case.our_stdout, case.our_stderr = mutant(case, row[0])
                case.our_raw_stdout = case.our_stdout.encode()
                n += 1
                if not cases.judge(case, table)[1]:
                    bad += 1
                    print("FAIL %s: nobody notices that the tool is %s" % (name, mutant.__name__))
    print("%d mutants of %d failing cases: %d unnoticed" % (n, len(table), bad))
    sys.exit(1 if bad or not n else 0)


if __name__ == "__main__":
    main()
