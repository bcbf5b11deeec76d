#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU time and peak memory of each tool under Dogtag's names, beside the recorded figures of Dogtag's Java tools, and beside a run
of those when they are on this machine (dogtag-pki-tools in /usr/bin, or in the folder that JAVA_TOOLS names). Each run begins with a
fresh copy of a recorded case's folder. Nothing is asserted: the machine may be busy.

    bench_dogtag.py BUILD-FOLDER VECTORS [RUNS]

To add a row: a line in ROWS; its first word is the row's name in timing.json."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import cases  # noqa: E402
import httpside  # noqa: E402

# What timing.json calls it (the last rows are not in it), the recorded case that does the same or whose files serve, the arguments when
# they are others, the tool when it is another.
ROWS = (
    ("PKCS10Client RSA-2048", "p10-rsa2048", None, None),
    ("PKCS10Client EC P-256", "p10-ec-default", None, None),
    ("CRMFPopClient RSA-2048 POP", "crmf-rsa-pop", None, None),
    ("CRMFPopClient RSA-2048 POP + archival", "crmf-arch-rsa-aes-cbc", None, None),
    ("CRMFPopClient EC P-256 POP", "crmf-ec-pop", None, None),
    ("CMCRequest pkcs10 agent-signed (RSA)", "cmc-p10-agent", None, None),
    ("CMCRequest pkcs10 self-signed + idProofV2", "cmc-self-p10", None, None),
    ("CMCRequest revRequest (RSA agent)", "cmc-rev-agent", None, None),
    ("CMCResponse success (2 certs) -o", "resp-success", None, None),
    ("CMCSharedToken -b", "shtok-stdout", None, None),
    ("CMCRevoke (RSA)", "revoke-signed-7", None, None),
    ("CMCRequest without arguments (JVM start + usage)", "cmc-err-noargs", None, None),
    ("pki --version", "pki-client-cert-show", ["--version"], None),
    ("HttpClient over TLS, client certificate (RSA)", "http-tls-client", None, None),
    ("CMCEnroll (RSA)", "enroll-agent", None, None),
    ("PKICertImport of a user's certificate", "cmc-p10-agent",
     ["-d", "nssdb", "-f", "pw", "-n", "usersign", "-t", ",,", "-u", "C", "-a", "-i", "../_base/user-usersign.pem"], "PKICertImport"),
    ("pki pkcs7-cert-export", "pki-pkcs7-cert-export", None, None),
)


def measure(runner, program, args, folder, env):
    """(CPU seconds, peak MiB, exit code) of one process."""
    said = subprocess.run([runner, program] + args, cwd=folder, env=env, capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), int(said[1]) / 1024, int(said[2])


def bench(runner, bindir, ours, vectors, name, args, runs, tool):
    """Medians after one warm-up, and the exit codes; None where the tool is missing."""
    case = cases.Case(vectors, name)
    program = os.path.join(bindir, tool or case.tool)
    if not os.access(program, os.X_OK):
        return None
    args = case.json["args"] if args is None else args
    args = [a.replace("../_base", os.path.join(vectors, "_base")) for a in args]
    cpu, rss, codes = [], [], set()
    for i in range(runs + 1):
        with tempfile.TemporaryDirectory() as top:
            work = os.path.join(top, name)
            os.mkdir(work)
            case.prepare(work, ours)
            with open(os.path.join(work, "pw"), "w", encoding="ascii") as f:
                f.write("Secret.123")
            env = dict(case.json["env"], PATH=os.environ["PATH"], HOME=work, LC_ALL="C.UTF-8")
            with httpside.Server(case):
                seconds, mib, code = measure(runner, program, args, work, env)
            if i:
                cpu.append(seconds)
                rss.append(mib)
                codes.add(code)
    return statistics.median(cpu), statistics.median(rss), codes


def java_folder(ours):
    folder = os.environ.get("JAVA_TOOLS") or os.path.dirname(shutil.which("CMCRequest") or "")
    return folder if folder and os.path.realpath(folder) != os.path.realpath(ours) else None


def row_text(runner, java, ours, vectors, row, recorded, runs):
    what, name, args, tool = row
    mine = bench(runner, ours, ours, vectors, name, args, runs, tool)
    line = "%-50s %9.1f" % (what, mine[0] * 1e3)
    if recorded:
        theirs = recorded["user_median_s"] + recorded["sys_median_s"], recorded["peak_rss_kib_median"] / 1024
        line += " %9.1f %7.3f %8.1f %8.1f %7.2f" % (theirs[0] * 1e3, mine[0] / theirs[0], mine[1], theirs[1], mine[1] / theirs[1])
    else:
        line += " %9s %7s %8.1f %8s %7s" % ("-", "-", mine[1], "-", "-")
    now = bench(runner, java, ours, vectors, name, args, runs, tool) if java else None
    if now:
        line += "  %.1f ms, %.1f MiB" % (now[0] * 1e3, now[1])
    wanted = set(recorded["exit"]) if recorded else {0}
    if mine[2] != wanted:
        line += "  exit code %s, not %s" % (sorted(mine[2]), sorted(wanted))
    if now and now[2] != wanted:
        line += "  Java now: exit code %s" % sorted(now[2])
    return line


def main():
    ours, vectors = os.path.join(os.path.abspath(sys.argv[1]), "dogtag"), os.path.abspath(sys.argv[2])
    runner = os.path.join(os.path.abspath(sys.argv[1]), "tests/bench/bench_run")
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with open(os.path.join(vectors, "_base", "timing.json"), encoding="utf-8") as f:
        recorded = {row["what"]: row for row in json.load(f)["rows"]}
    java = java_folder(ours)
    print("medians of %d runs; Java: recorded on a machine of its own%s" % (runs, ", and now from " + java if java else "; no Java tools here"))
    print("%-50s %9s %9s %7s %8s %8s %7s%s" % ("", "ours ms", "Java ms", "ratio", "ours MiB", "Java MiB", "ratio", "  Java now" if java else ""))
    with tempfile.TemporaryDirectory() as top:
        httpside.prepare(vectors, top)
        for row in ROWS:
            print(row_text(runner, java, ours, vectors, row, recorded.get(row[0]), runs), flush=True)


main()
