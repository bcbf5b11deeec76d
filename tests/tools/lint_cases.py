#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cmc lint on the .cfg file of every recorded case about mistakes: whatever made Dogtag's tool fail, or do something else than
the file says, has a finding that names the key, the line where there is one, the reason and the remedy.

    lint_cases.py BUILD-FOLDER VECTORS"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cases  # noqa: E402

PREFIXES = ("cmc-parse-", "cmc-err-", "http-")
NO_FILE = ("noargs", "nocfg")  # nothing to look at: the command line itself is the mistake

# What the recorded tool did not fail at, though the file does not do what it says. Mistakes that only a server or a network
# knows (a wrong name in its certificate, say) are none of a file.
SILENT = {
    "cmc-parse-spaces", "cmc-parse-spaces2", "cmc-parse-unknown", "cmc-parse-quotes", "cmc-parse-inline-comment", "cmc-parse-semicolon",
    "cmc-parse-dup", "cmc-parse-identification-TRUE", "cmc-err-output-dir",
}
OUTSIDE = {
    "http-tls-untrusted": "the server's chain", "http-tls-expired": "the server's certificate", "http-tls-ip": "the server's name",
    "http-tls-noclient": "what the server asks for", "http-4hdr-404": "what the server has", "cmc-err-wrong-pw": "the password itself",
}


def lint(cmc, work, names):
    done = subprocess.run([cmc, "lint", "--json"] + names, cwd=work, capture_output=True, text=True, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), stdin=subprocess.DEVNULL)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"bad": done.stdout + done.stderr}


def faults(found):
    """What a finding lacks."""
    out = []
    for row in found:
        for part in ("id", "severity", "reason", "remedy", "file"):
            if not row.get(part):
                out.append("%s lacks %s" % (row.get("id"), part))
        if row["severity"] != "note" and not row.get("key") and not row.get("line"):
            out.append("%s names neither a line nor a key" % row["id"])
    return out


def main():
    build, vectors = (os.path.abspath(a) for a in sys.argv[1:3])
    names = sorted(n for n in os.listdir(vectors) if n.startswith(PREFIXES))
    cmc = os.path.join(build, "cmc")
    bad, explained, clean = 0, 0, 0
    with tempfile.TemporaryDirectory() as top:
        for name in names:
            case = cases.Case(vectors, name)
            work = os.path.join(top, name)
            os.mkdir(work)
            case.prepare(work, os.path.join(build, "dogtag"))
            files = [a for a in case.json["args"] if os.path.isfile(os.path.join(work, a))]
            if not files:
                if not name.endswith(NO_FILE):
                    print("FAIL %s: no file" % name)
                    bad += 1
                continue
            code, result = lint(cmc, work, files)
            found = result.get("problems", [])
            wrong = faults(found) + (["no JSON: %s" % result["bad"][:300]] if "bad" in result else [])
            said = sorted({row["id"] for row in found if row["severity"] != "note"})
            must = (case.exit != 0 or name in SILENT) and name not in OUTSIDE
            if must and not said:
                wrong.append("nothing is found, but Dogtag's tool says: %s" % case.json["message"][:150])
            if any(row["severity"] == "error" for row in found) != (code == 4):
                wrong.append("exit code %d with %s" % (code, said))
            if wrong:
                bad += 1
                print("FAIL %s (%s)\n    %s" % (name, case.json["shows"], "\n    ".join(wrong)))
            elif must:
                explained += 1
            else:
                clean += 1
    print("%d cases: %d mistakes explained, %d without a mistake of the file, %d failed" % (len(names), explained, clean, bad))
    sys.exit(1 if bad or not explained else 0)


if __name__ == "__main__":
    main()
