#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cmc show on every message, request, certificate and package that was recorded: as text, as JSON, and with offsets that lie
within the DER and begin elements of the lengths that are told.

    show_cases.py BUILD-FOLDER VECTORS"""
import base64
import binascii
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
ENDINGS = (".cmc", ".req", ".resp", ".p7", ".pem", ".crt", ".csr", ".p10", ".crmf", ".b64", ".out", ".der")


def octets(path):
    """DER of a file in any of the three forms; None when it is none."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:1] == b"\x30":
        return data
    block = re.search(rb"-----BEGIN [^-]+-----(.*?)-----END", data, re.S)
    try:
        return base64.b64decode(b"".join((block.group(1) if block else data).split()), validate=True)
    except binascii.Error:
        return None


def is_der(data):
    """One definite element that fills the octets."""
    if not data or len(data) < 2 or data[0] != 0x30:
        return False
    if data[1] < 0x80:
        return len(data) == 2 + data[1]
    n = data[1] & 0x7f
    return 0 < n < 5 and len(data) == 2 + n + int.from_bytes(data[2:2 + n], "big")


def nodes(tree):
    for node in tree:
        yield node
        yield from nodes(node.get("children", []))


def faults(show, path, data):
    out = []
    done = subprocess.run([show, "show", "--json", path], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        return None, ["exit code %d: %s" % (done.returncode, done.stderr.decode(errors="replace")[:200])]
    root = json.loads(done.stdout)
    for node in nodes(root["tree"]):
        at, length = node.get("offset", 0), node.get("length", 0)
        if at + length > len(data):
            out.append("%s lies outside: %d+%d of %d" % (node["label"], at, length, len(data)))
    for option in ([], ["--der-offsets"]):
        done = subprocess.run([show, "show"] + option + [path], capture_output=True, check=False, stdin=subprocess.DEVNULL)
        text = done.stdout.decode("utf-8", "strict")
        if done.returncode or not text.strip() or re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text):
            out.append("text with %s: exit code %d" % (option, done.returncode))
    return root["what"], out


def main():
    build, vectors = sys.argv[1:3]
    show = os.path.join(os.path.abspath(build), "cmc")
    counts, bad, seen = {}, 0, set()
    for folder, _, names in sorted(os.walk(vectors)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            data = octets(path) if name.endswith(ENDINGS) else None
            if not is_der(data) or ".key." in name or data in seen:
                continue
            seen.add(data)
            what, wrong = faults(show, path, data)
            counts[what] = counts.get(what, 0) + 1
            for line in wrong:
                bad += 1
                print("FAIL %s: %s" % (os.path.relpath(path, vectors), line))
    print("%d different files, %d failed" % (sum(counts.values()), bad))
    for what, n in sorted(counts.items(), key=lambda item: str(item[0])):
        print("  %4d %s" % (n, what))
    sys.exit(1 if bad or not counts else 0)


main()
