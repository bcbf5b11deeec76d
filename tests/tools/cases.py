#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every recorded case of Dogtag's tools through ours of the same name, and compares exit status, files, the decoded
messages part by part, and the lines on standard output and standard error. What differs must belong to a named class of deliberate differences,
each with a rule (classes.py); no case is listed singly and none is left out.

    cases.py BINDIR VECTORS [--only PREFIX-OR-CASE] [--locale LC] [-v] [--write-expected]

To add a tool: a row in TOOLS and its compare function."""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import blocks  # noqa: E402
import classes  # noqa: E402
import compare  # noqa: E402
import expected  # noqa: E402
import httpside  # noqa: E402
import own_runs  # noqa: E402

TOOLS = {
    "CMCRequest": compare.cmc_request,
    "PKCS10Client": compare.pkcs10,
    "CMCResponse": compare.cmc_response,
    "HttpClient": compare.http,
    "CRMFPopClient": compare.crmf,
    "CMCSharedToken": compare.shared_token,
    "CMCRevoke": compare.cmc_revoke,
    "CMCEnroll": compare.cmc_enroll,
    "pki": compare.pki,
}
RECORDED_ONLY = {"pre0.stdout.txt", "pre0.stderr.txt", "case.json", "stdout.txt", "stderr.txt", "jss-check.txt", "nss_db_newdb", "wire-request.bin",
                 "wire-response-headers.txt", "expected.resp", "newdb"}
DB_FILES = {"cert9.db", "key4.db", "pkcs11.txt"}


# Classes that must be there, whatever else is.
REQUIRED = {"refuses-silent-drop", "refuses-broken-wrap", "fails-loudly", "unique-ids", "sha256-for-sha1", "verifies-signature",
            "java-trace-text", "verifies-before-import", "no-post-quantum-keys", "asks-for-client-type"}


def environment(locale):
    env = {"PATH": os.environ["PATH"], "LC_ALL": locale, "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    for name in ("LD_PRELOAD", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "FAKETIME", "LOCPATH"):
        if name in os.environ:
            env[name] = os.environ[name]
    return env


class Case:
    """One recorded run, and later our run of it."""

    def __init__(self, vectors, name):
        self.vectors, self.name = vectors, name
        self.dir = os.path.join(vectors, name)
        with open(os.path.join(self.dir, "case.json"), encoding="utf-8") as f:
            self.json = json.load(f)
        self.tool = self.json["tool"]
        self.exit = self.json["exit"]
        self.outputs = self.json["outputs"]
        self.stdout = self.text("stdout.txt")
        self.raw_stdout = self.recorded("stdout.txt")
        self.our_raw_stdout = self.printed = None
        self.stderr = self.text("stderr.txt")
        self.work = self.expected = self.our_exit = self.our_stdout = self.our_stderr = None
        self.our_files = []

    def text(self, name):
        with open(os.path.join(self.dir, name), "rb") as f:
            return f.read().decode("utf-8", "replace").replace("\r", "")

    def recorded(self, name):
        with open(os.path.join(self.dir, name), "rb") as f:
            return f.read()

    def ours(self, name):
        with open(os.path.join(self.work, name), "rb") as f:
            return f.read()

    def cfg(self):
        """Keys of the request cfg by Dogtag's rules."""
        out = {}
        for arg in self.json["args"][:1]:
            path = os.path.join(self.dir, arg)
            if os.path.isfile(path) and path.endswith(".cfg"):
                with open(path, encoding="utf-8") as f:
                    for line in f:
                        line = line.strip()
                        if line and not line.startswith("#") and "=" in line:
                            key, value = line.split("=", 1)
                            out[key] = value
        return out

    def database(self):
        where = self.json.get("nss_db")
        if not where:
            return None
        path = os.path.normpath(os.path.join(self.dir, where))
        if where.startswith("not kept") or not os.path.isdir(path):
            return os.path.join(self.vectors, "_base", "user")  # changed or removed by the run
        return path

    def prepare(self, work, bindir):
        self.work = work
        for entry in os.listdir(self.dir):
            if entry in RECORDED_ONLY or entry in self.outputs or entry in DB_FILES:
                continue
            source = os.path.join(self.dir, entry)
            (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, os.path.join(work, entry))
        db = self.database()
        if db and os.path.isdir(db):
            shutil.copytree(db, os.path.join(work, "nssdb"))
        subprocess.run(["chmod", "-R", "u+w", work], check=True)
        for step in self.json["pre"]:
            args = [a.replace("../_base", os.path.join(self.vectors, "_base")) for a in step["args"]]
            tool = os.path.join(bindir, step["tool"]) if step["tool"] in TOOLS else step["tool"]
            subprocess.run([tool] + args, cwd=work, check=True, capture_output=True)

    def run(self, bindir, locale):
        """Ours, with nothing of the caller's environment but what the recording had."""
        before = set(os.listdir(self.work))
        env = dict(environment(locale), HOME=self.work)
        env.update(self.json["env"])
        args = [a.replace("../_base", os.path.join(self.vectors, "_base")) for a in self.json["args"]]
        done = subprocess.run([os.path.join(bindir, self.tool)] + args, cwd=self.work, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=120, check=False)
        self.our_exit = done.returncode
        self.our_raw_stdout = done.stdout
        self.our_stdout = done.stdout.decode("utf-8", "replace").replace("\r", "")
        self.our_stderr = done.stderr.decode("utf-8", "replace").replace("\r", "")
        self.our_files = sorted(set(os.listdir(self.work)) - before)


BASE64 = re.compile(r"^[A-Za-z0-9+/]{60,}={0,2}$")
BASE64_END = re.compile(r"^[A-Za-z0-9+/]*={0,2}$")

KEY_ID = re.compile(r"^(Keypair private key id: )-?[0-9a-f]+$")  # of a new key; compare.py holds it against the file


def lines(text):
    """Lines with base64 blocks made one word each: what they hold is compared as a message."""
    out, inside = [], False
    for line in text.split("\n"):
        if BASE64.match(line):
            if not inside:
                out.append("<base64>")
            inside = True
        elif inside and line and BASE64_END.match(line):
            continue
        else:
            inside = False
            out.append(KEY_ID.sub(r"\1#", line.rstrip()))
    return out


def differences(case):
    """(kind, recorded, ours) for all that is not equal."""
    out = []
    if case.exit != case.our_exit:
        out.append(("exit", case.exit, case.our_exit))
    if sorted(case.outputs) != case.our_files:
        out.append(("files", sorted(case.outputs), case.our_files))
    if lines(case.stdout) != lines(case.our_stdout):
        out.append(("stdout", lines(case.stdout), lines(case.our_stdout)))
    theirs, mine = classes.stderr_lines(case.stderr), classes.stderr_lines(case.our_stderr)
    if theirs != mine:
        out.append(("stderr", theirs, mine))
    if case.exit == 0 or case.our_exit == 0:
        try:
            out += blocks.faults(case) + TOOLS[case.tool](case)
        except (ValueError, IndexError, KeyError) as e:
            out.append(("BAD decoding", None, repr(e)))
    return out


def failing_lines(case, rows):
    """(recorded, ours) on standard output behind the filters of the classes."""
    recorded, ours = lines(case.stdout), lines(case.our_stdout)
    for row in rows:
        if row.lines:
            recorded, ours = row.lines(case, recorded), row.lines(case, ours)
    return recorded, ours


def judge(case, table):
    """Names of classes used, and what no class explains."""
    used, left = set(), []
    if "\x1b" in case.our_stdout + case.our_stderr or "Sanitizer" in case.our_stderr or case.our_exit < 0:
        return used, [("crash or control characters", None, case.our_stderr)]
    found = differences(case)
    rows = [row for row in classes.CLASSES if row.applies(case)]
    if case.our_exit != 0:
        recorded, ours = failing_lines(case, rows)
        case.expected = (expected.error_id(case), expected.said(recorded, ours))
        left += expected.faults(case, table.get(case.name), recorded, ours)
    for kind, recorded, ours in found:
        if kind == "stdout":
            names = classes.lines_explained(rows, case, recorded, ours)
        elif kind == "stderr":
            names = [row.name for row in rows if row.stderr and row.stderr(case, recorded, ours)][:1]
        else:
            names = [row.name for row in rows if not kind.startswith("BAD") and row.rule(case, kind, recorded, ours)][:1]
        if names:
            used.update(names)
        else:
            left.append((kind, recorded, ours))
    return used, left


def run_one(name, args, top):
    case = Case(args.vectors, name)
    if not os.access(os.path.join(args.bindir, case.tool), os.X_OK):
        return case, set(), [("no tool of that name", case.tool, None)]
    work = os.path.join(top, name)
    os.mkdir(work)
    case.prepare(work, args.bindir)
    try:
        with httpside.Server(case):
            case.run(args.bindir, args.locale)
        result = judge(case, args.table)
    except subprocess.TimeoutExpired:
        result = set(), [("timeout", None, None)]
    shutil.rmtree(work, ignore_errors=True)
    return case, result[0], result[1]


def report(case, left):
    print("FAIL %s (%s)" % (case.name, case.json["shows"]))
    for kind, recorded, ours in left:
        if kind in ("stdout", "stderr"):
            import difflib
            print("  %s:" % kind)
            for line in difflib.unified_diff(recorded, ours, "recorded", "ours", lineterm="", n=1):
                print("    " + line[:200])
        else:
            print("  %s: recorded %.300r ours %.300r" % (kind, recorded, ours))
    if case.our_stderr:
        print("  stderr: " + case.our_stderr[:400].replace("\n", "\n          "))


def run_own(args, top):
    """Runs of ours without a recording; how many failed."""
    failed = 0
    for i, run in enumerate(own_runs.RUNS):
        faults = own_runs.one(run, args.bindir, args.vectors, os.path.join(top, "own-%d" % i), environment(args.locale))
        if faults:
            failed += 1
            print("FAIL %s: %s\n    %s" % (run.name, run.about, "\n    ".join(faults)))
    print("%d runs without a recording, for %s: %d failed" % (len(own_runs.RUNS), ", ".join(sorted({r.name for r in own_runs.RUNS})), failed))
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bindir")
    parser.add_argument("vectors")
    parser.add_argument("--only", action="append")
    parser.add_argument("--locale", default="C.UTF-8")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("--write-expected", action="store_true")
    parser.add_argument("--no-own", action="store_true", help="without the runs that have no recording")
    args = parser.parse_args()
    args.table = expected.read()
    args.bindir, args.vectors = os.path.abspath(args.bindir), os.path.abspath(args.vectors)
    names = sorted(n for n in os.listdir(args.vectors) if os.path.isfile(os.path.join(args.vectors, n, "case.json")))
    everything = names
    if args.only:
        names = [n for n in names if any(n == o or n.startswith(o + "-") for o in args.only)]
    counts, failing, failed, equal = {}, {}, 0, 0
    with tempfile.TemporaryDirectory() as top, concurrent.futures.ThreadPoolExecutor(2) as pool:
        httpside.prepare(args.vectors, top)
        for case, used, left in pool.map(lambda n: run_one(n, args, top), names):
            if left:
                failed += 1
                report(case, left)
            elif used:
                for name in used:
                    counts[name] = counts.get(name, 0) + 1
            else:
                equal += 1
            if args.v and not left:
                print("ok %s%s" % (case.name, " (%s)" % ", ".join(sorted(used)) if used else ""))
            if case.expected:
                failing[case.name] = case.expected
        own_failed = run_own(args, top) if not args.only and not args.no_own else 0
    if args.write_expected:
        expected.write(failing)
    print("%d cases: %d equal, %d in classes, %d failed" % (len(names), equal, len(names) - equal - failed, failed))
    left_out = sorted({n.split("-")[0] for n in everything} - {n.split("-")[0] for n in names})
    if left_out:
        print("  NOT RUN: %d recorded cases of %s" % (len([n for n in everything if n.split("-")[0] in left_out]), ", ".join(left_out)))
    for row in classes.CLASSES:
        if row.name in counts:
            print("  %4d %s: %s" % (counts[row.name], row.name, row.about))
    unused = sorted(row.name for row in classes.CLASSES if row.name not in counts) if not args.only else []
    missing = sorted(REQUIRED - {row.name for row in classes.CLASSES} - {run.name for run in own_runs.RUNS})
    for name in unused:
        print("FAIL class %s explains nothing" % name)
    stale = sorted(set(args.table) - set(failing)) if not args.only else []
    for name in stale:
        print("FAIL expected_ids.txt has %s, which does not fail" % name)
    for name in missing:
        print("FAIL there is no class %s" % name)
    sys.exit(1 if failed or own_failed or unused or missing or stale or not names else 0)


if __name__ == "__main__":
    main()
