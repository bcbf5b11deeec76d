#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The judge accepts what was recorded as good and finds what was spoilt, for the reason that it was spoilt for."""

import argparse
import base64
import glob
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import judge  # noqa: E402

VECTORS = os.path.join(HERE, "..", "vectors")

# The recorded messages that are not strict, and a word of the reason. To add one: the path below tests/vectors.
RECORDED_BAD = {
    "ca/neg-agent-tampered-content/request.mutated.der": "messageDigest",
    "ca/neg-py-agent-econtent-data/request.der": "neither PKIData",
    "ca/openssl-cms-ec-noattr/request.der": "no signed attributes",
    "ca/py-agent-bpid-0/request.der": "bodyPartID 0",
    "ca/py-agent-chain/request.der": "certificates: SET OF",
    "ca/py-agent-digalgs-missing/request.der": "digestAlgorithms",
    "ca/py-agent-nosignedattrs/request.der": "no signed attributes",
    "ca/py-agent-unsorted-attrs/request.der": "signed or unsigned attributes",
    "tools/cmc-err-garbage-p10/bad.p10": "past the end",
    "tools/dpop-garbage/in.cmc": "SEQUENCE",
    "tools/http-6hdr/cmc.resp": "SEQUENCE",
    "tools/pki-pkcs7-cert-import/in.p7": "neither PKIData",
    "tools/resp-certder/in.cmc": "neither ContentInfo",
    "tools/resp-empty/in.cmc": "ends",
    "tools/resp-garbage/in.cmc": "past the end",
    "tools/resp-simple/out.p7": "ends",
    "tools/resp-truncated/in.cmc": "past the end",
}
PATTERNS = [
    "ca/*/request*.der", "ca/*/response*.der", "ca/*/*.p10.der", "ca/*/*.crmf.der", "tools/*/cmc.req", "tools/*/*.p10",
    "tools/*/*.crmf", "tools/*/*.cmc", "tools/*/*.resp", "tools/*/*.csr", "tools/*/*.p7",
]


def options(**given):
    return argparse.Namespace(**{"allow_dup_ids": False, "allow_zero_ids": False, "quiet": True, **given})


def read(path):
    with open(os.path.join(VECTORS, path), "rb") as file:
        return file.read()


def reasons(data, **given):
    verdict = judge.Verdict(options(**given))
    judge.judge(judge.unwrap(data), verdict)
    return verdict.reasons


def tlv(first, body):
    size = len(body)
    if size < 0x80:
        return bytes([first, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([first, 0x80 | len(octets)]) + octets + body


def replace(data, old, new):
    """data with the one element whose encoding is old put as new, and every length around it mended."""
    out = b""
    for one in judge.children(data):
        if one.whole == old:
            out += new
        elif one.constructed and old in one.body:
            out += tlv(one.first, replace(one.body, old, new))
        else:
            out += one.whole
    return out


class Recorded(unittest.TestCase):
    def test_recordings(self):
        seen = 0
        for pattern in PATTERNS:
            for path in sorted(glob.glob(os.path.join(VECTORS, pattern))):
                name = os.path.relpath(path, VECTORS)
                found = reasons(read(name), allow_dup_ids=True)
                word = RECORDED_BAD.get(name)
                with self.subTest(name=name):
                    if word is None:
                        self.assertEqual(found, [])
                    else:
                        self.assertTrue(any(word in reason for reason in found), found)
                seen += 1
        self.assertGreater(seen, 600)

    def test_duplicate_ids(self):
        data = read("ca/sst-crmf-rsa/request.der")
        self.assertTrue(any("not unique" in reason for reason in reasons(data)))
        self.assertEqual(reasons(data, allow_dup_ids=True), [])

    def test_zero_ids(self):
        self.assertEqual(reasons(read("ca/py-agent-bpid-0/request.der"), allow_zero_ids=True), [])


class Spoilt(unittest.TestCase):
    """One rule broken at a time in a message that is good otherwise."""

    def setUp(self):
        self.good = read("ca/agent-pkcs10-rsa/request.der")
        self.crmf = read("ca/sst-crmf-rsa/req.crmf.der")

    def spoilt(self, data, word):
        found = reasons(data)
        self.assertTrue(any(word in reason for reason in found), found)

    def test_good(self):
        self.assertEqual(reasons(self.good), [])
        self.assertEqual(reasons(self.crmf), [])
        self.assertEqual(reasons(b"-----BEGIN CMC-----\n" + base64.encodebytes(self.good) + b"-----END CMC-----\n"), [])

    def test_trailing(self):
        self.spoilt(self.good + b"\0", "after the end")

    def test_every_truncation(self):
        for size in list(range(0, 64)) + list(range(64, len(self.good), 97)):
            self.assertNotEqual(reasons(self.good[:size]), [], size)

    def test_indefinite_length(self):
        body = judge.children(self.good)[0].body
        self.spoilt(b"\x30\x80" + body + b"\0\0", "indefinite")

    def test_long_length(self):
        body = judge.children(self.good)[0].body
        self.spoilt(b"\x30\x83\x00" + len(body).to_bytes(2, "big") + body, "shortest form")

    def test_long_integer(self):
        self.spoilt(replace(self.crmf, b"\x02\x01\x01", b"\x02\x02\x00\x01"), "shortest form")

    def test_explicit_default(self):
        ski = next(self.find(self.crmf, b"\x06\x03\x55\x1d\x0e"))
        fields = judge.children(ski.body)
        spelt = tlv(0x30, fields[0].whole + b"\x01\x01\x00" + fields[1].whole)
        self.spoilt(replace(self.crmf, ski.whole, spelt), "encoded again")

    def test_boolean(self):
        ski = next(self.find(self.crmf, b"\x06\x03\x55\x1d\x0e"))
        fields = judge.children(ski.body)
        spelt = tlv(0x30, fields[0].whole + b"\x01\x01\x01" + fields[1].whole)
        self.spoilt(replace(self.crmf, ski.whole, spelt), "BOOLEAN")

    def test_deep_nesting(self):
        data = b""
        for _ in range(400):
            data = tlv(0x30, data)
        self.spoilt(data, "nested")

    @classmethod
    def find(cls, data, begin):
        """Constructed elements whose contents begin with begin."""
        for one in judge.children(data):
            if one.constructed:
                if one.body.startswith(begin):
                    yield one
                yield from cls.find(one.body, begin)


if __name__ == "__main__":
    unittest.main()
