#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""archive_plain.py DIR SERIAL KEY.der: whether a practice CA in DIR keeps the key of the certificate SERIAL, and none of the private
numbers of KEY.der (PKCS#8, RSA) lies in plain in that row or anywhere else in the files of its store. The public modulus does lie there,
in the certificate: so the look is known to see."""
import glob
import os
import sqlite3
import sys


def elements(der):
    while der:
        length, at = der[1], 2
        if length & 0x80:
            at = 2 + (length & 0x7F)
            length = int.from_bytes(der[2:at], "big")
        yield der[0], der[at:at + length]
        der = der[at + length:]


def numbers(pkcs8):
    """n, e, d, p, q, dp, dq, qinv (RFC 8017, A.1.2)."""
    (_, info), = elements(pkcs8)
    key = [value for tag, value in elements(info) if tag == 0x04][0]
    (_, fields), = elements(key)
    return [value.lstrip(b"\0") for tag, value in elements(fields) if tag == 0x02][1:]


def main(folder, serial, path):
    with open(path, "rb") as file:
        n, _, *private = numbers(file.read())
    assert len(private) == 6 and all(len(value) > 60 for value in private), "not an RSA key"
    store, places = os.path.join(folder, "state.db"), {}
    db = sqlite3.connect(store)
    rows = db.execute("SELECT wrapped, blob FROM archive WHERE lower(serial) = ?", (serial.lower().replace("0x", ""),)).fetchall()
    for name in glob.glob(store + "*"):
        with open(name, "rb") as file:
            places[name] = file.read()
    db.close()
    assert len(rows) == 1 and all(rows[0]), "no row of the archive for %s" % serial
    places["wrapped"], places["blob"] = rows[0]
    # 32 octets from the middle of a number are enough to know it.
    middle = [value[len(value) // 2 - 16:len(value) // 2 + 16] for value in [n] + private]
    assert any(middle[0] in octets for octets in places.values()), "not even the public key is seen"
    found = [name for name, octets in places.items() for value in middle[1:] if value in octets or value.hex().encode() in octets.lower()]
    assert not found, "in plain in %s" % found


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except AssertionError as e:
        sys.exit(str(e))
