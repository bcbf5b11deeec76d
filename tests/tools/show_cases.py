#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cmc show on every message, request, certificate and package that was recorded: as text, as JSON, and with offsets, where elements of
the lengths that are told begin. The first of each kind also as DER, PEM and base64, with every switch: the same each time.

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


def run(show, options, path, data=None):
    return subprocess.run([show, "show"] + options + [path], capture_output=True, check=False, input=data or b"")


def wrong_elements(tree, data):
    """Whoever reads the DER at the offset finds an element of that length."""
    for node in nodes(tree):
        at, length = node.get("offset"), node.get("length")
        if at is None or at + length > len(data):
            yield "%s has no place" % node["label"]
            continue
        octets_of = data[at + 1]
        head = 2 if octets_of < 0x80 else 2 + (octets_of & 0x7f)
        body = octets_of if octets_of < 0x80 else int.from_bytes(data[at + 2:at + head], "big")
        if head + body != length:
            yield "%s at %d is not %d long" % (node["label"], at, length)


SWITCHES = [[], ["--json"], ["--der-offsets"], ["--json", "--der-offsets"]]


def forms(show, data):
    """One kind in its three forms, from standard input, with every switch."""
    text = base64.encodebytes(data)
    for options in SWITCHES:
        wanted = run(show, options, "-", data)
        if wanted.returncode or not wanted.stdout:
            yield "DER with %s: exit code %d" % (options, wanted.returncode)
        for name, form in (("PEM", b"-----BEGIN DATA-----\n" + text + b"-----END DATA-----\n"), ("base64", text),
                           ("base64 in one line", base64.b64encode(data))):
            got = run(show, options, "-", form)
            if (got.returncode, got.stdout) != (wanted.returncode, wanted.stdout):
                yield "%s with %s differs from DER" % (name, options)


def faults(show, path, data):
    out = []
    done = run(show, ["--json", "--der-offsets"], path)
    if not done.returncode:
        root = json.loads(done.stdout)
        out += list(wrong_elements(root["elements"], data))[:3]
        out += [] if root["elements"][0]["length"] == len(data) else ["the first element is not all of it"]
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
            if what not in counts:
                wrong += forms(show, data)
            counts[what] = counts.get(what, 0) + 1
            for line in wrong:
                bad += 1
                print("FAIL %s: %s" % (os.path.relpath(path, vectors), line))
    print("%d different files, %d failed" % (sum(counts.values()), bad))
    for what, n in sorted(counts.items(), key=lambda item: str(item[0])):
        print("  %4d %s" % (n, what))
    kinds = {"CMC request", "CMC response", "certificates (PKCS#7)", "CRMF request", "PKCS#10 request", "certificate", "shared token"}
    missing = kinds - set(counts)
    for what in sorted(missing):
        print("FAIL no recorded %s" % what)
    sys.exit(1 if bad or missing else 0)


main()
