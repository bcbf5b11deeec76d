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
import expected  # noqa: E402

PREFIXES = ("cmc-parse-", "cmc-err-", "http-")
# Nothing to look at, because the command line itself is the mistake: cmc lint says so with this error.
NO_FILE = {"cmc-err-noargs": "usage", "http-noargs": "usage", "cmc-err-nocfg": "cfg-missing"}

# The mistake of each recorded case: the findings, with their keys, that explain it. None: the file has no mistake. Every case has its
# row; a new one fails until it has. Errors and warnings beyond these are faults of lint, but for the general ones in BESIDE.
MISTAKES = {
    "cmc-parse-colon": "cfg-no-equals:CMCRequest",
    "cmc-parse-dbdir-default": "cfg-db-empty:dbdir cfg-nickname-unknown:nickname",
    "cmc-parse-dbdir-sql": None,
    "cmc-parse-dup": "cfg-duplicate:output",
    "cmc-parse-eq-in-value": None,
    "cmc-parse-format-CRMF": "cfg-choice-case:format",
    "cmc-parse-identification-TRUE": "cfg-bool-case:identification.enable",
    "cmc-parse-indent": "cfg-duplicate:output",
    "cmc-parse-inline-comment": "cfg-inline-comment:output",
    "cmc-parse-noeq": "cfg-no-equals:CMCRequest",
    "cmc-parse-nolastnl": None,
    "cmc-parse-nonce-TRUE": None,
    "cmc-parse-quotes": "cfg-quotes:nickname cfg-nickname-unknown:nickname",
    "cmc-parse-semicolon": "cfg-no-equals:CMCRequest",
    "cmc-parse-spaces": "cfg-blank-before-equals:output",
    "cmc-parse-spaces2": "cfg-blank-before-equals:nickname cfg-required:nickname",
    "cmc-parse-token-INTERNAL": None,
    "cmc-parse-token-default": None,
    "cmc-parse-token-full": None,
    "cmc-parse-unknown": "cfg-unknown-key:foo.bar cfg-misspelt-key:NICKNAME",
    "cmc-parse-value-leading-space": "cfg-blank-after-equals:output",
    "cmc-err-bad-format": "cfg-choice:format",
    "cmc-err-bad-nick": "cfg-nickname-unknown:nickname",
    "cmc-err-binary-p10": "cfg-file-binary:input",
    "cmc-err-crmf-as-p10": "cfg-format-mismatch:input",
    "cmc-err-empty-nick": "cfg-empty:nickname",
    "cmc-err-empty-pw": "cfg-password-empty:password",
    "cmc-err-emptycfg": "cfg-required:numRequests cfg-required:format cfg-required:input cfg-required:output cfg-required:nickname "
                        "cfg-password-missing:password cfg-db-empty:dbdir",
    "cmc-err-garbage-p10": "cfg-file-not-request:input",
    "cmc-err-no-input": "cfg-required:input",
    "cmc-err-no-nick": "cfg-required:nickname",
    "cmc-err-no-num": "cfg-required:numRequests",
    "cmc-err-no-output": "cfg-required:output",
    "cmc-err-no-pw": "cfg-password-missing:password",
    "cmc-err-output-dir": "cfg-output-folder:output",
    "cmc-err-wrong-pw": "cfg-password-wrong:password",
    "http-4hdr-404": None,
    "http-6hdr": None,
    "http-err-badport": "cfg-number:port",
    "http-err-inputmissing": "cfg-file-missing:input",
    "http-err-nohost": "cfg-required:host",
    "http-err-noinput": "cfg-required:input",
    "http-err-noport": "cfg-required:port",
    "http-err-nosecure": "cfg-required:secure",
    "http-err-noservlet": "cfg-required:servlet",
    "http-err-secure-nodb": "cfg-required:dbdir cfg-password-missing:password",
    "http-spaces": None,
    "http-tls-client": None,
    "http-tls-ec": None,
    "http-tls-expired": None,
    "http-tls-ip": None,
    "http-tls-noclient": "cfg-profile-needs-client:servlet",
    "http-tls-untrusted": None,
}
BESIDE = {"http-": {"cfg-plain-http:secure"}, "http-tls-": {"cfg-profile-needs-client:servlet"}}
# Why a file has no finding: every case without a mistake has its row, and a new one fails until it has.
RIGHT = {
    "cmc-parse-dbdir-sql": "sql: before a folder is the usual spelling",
    "cmc-parse-eq-in-value": "values may hold =",
    "cmc-parse-nolastnl": "the last line needs no end",
    "cmc-parse-nonce-TRUE": "senderNonce.enable takes true in any case, in Dogtag's tool and in ours",
    "cmc-parse-token-INTERNAL": "a name of the internal token",
    "cmc-parse-token-default": "without tokenname it is the internal token",
    "cmc-parse-token-full": "a name of the internal token",
    "http-4hdr-404": "outside: the server has no such page",
    "http-6hdr": "a whole answer was stored",
    "http-spaces": "outside: nobody listened at that port; blanks and a colon around the value are HttpClient's own syntax",
    "http-tls-client": "an answer was stored",
    "http-tls-ec": "an answer was stored",
    "http-tls-expired": "outside: the server's certificate had ended",
    "http-tls-ip": "an answer was stored",
    "http-tls-untrusted": "outside: the server's chain was not trusted",
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
    read = expected.read()  # cases on which our own tool fails, with the error
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
                code, result = lint(cmc, work, case.json["args"])
                if code != 4 or result.get("error", {}).get("id") != NO_FILE.get(name, ""):
                    print("FAIL %s: no file, exit code %d, %s" % (name, code, result))
                    bad += 1
                else:
                    explained += 1
                continue
            code, result = lint(cmc, work, files)
            found = result.get("problems", [])
            wrong = faults(found) + (["no JSON: %s" % result["bad"][:300]] if "bad" in result else [])
            said = {"%s:%s" % (row["id"], row["key"]) for row in found if row["severity"] != "note"}
            if name not in MISTAKES:
                wrong.append("no row in MISTAKES")
            must = set((MISTAKES.get(name) or "").split())
            beside = set().union(*(ids for begin, ids in BESIDE.items() if name.startswith(begin)))
            if must - said:
                wrong.append("not found: %s; Dogtag's tool says: %s" % (sorted(must - said), case.json["message"][:150]))
            if said - must - beside:
                wrong.append("found beyond the mistake: %s" % sorted(said - must - beside))
            failed = case.exit != 0 or name in read
            if bool(must) == (name in RIGHT):
                wrong.append("a mistake, or a reason in RIGHT why there is none: one of them")
            if failed and not must and not RIGHT.get(name, "").startswith("outside: "):
                wrong.append("the tool fails, and nothing explains it")
            if any(row["severity"] == "error" for row in found) != (code == 4):
                wrong.append("exit code %d with %s" % (code, sorted(said)))
            if wrong:
                bad += 1
                print("FAIL %s (%s)\n    %s" % (name, case.json["shows"], "\n    ".join(wrong)))
            elif must:
                explained += 1
            else:
                clean += 1
    gone = sorted((set(MISTAKES) | set(NO_FILE) | set(RIGHT)) - set(names))
    if gone:
        bad += 1
        print("FAIL rows without a recorded case: %s" % gone)
    print("%d cases: %d mistakes explained, %d without a mistake of the file, %d failed" % (len(names), explained, clean, bad))
    sys.exit(1 if bad or not explained else 0)


if __name__ == "__main__":
    main()
