#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what front ends left behind: compare_sessions.py NAME=STATE-FOLDER...

Each folder is a HOME whose newest saved enrollment is taken. Answers, .cfg files, state and steps must agree;
names of folders and of the enrollment are set aside. One line per difference, exit 1 when there is one.
"""
import glob
import json
import os
import re
import sys

# Made anew in every enrollment, or the way a front end keeps its place. To add one: a name.
FACTS = {"page", "ca.confirmed"}


def load(home):
    folders = glob.glob(os.path.join(home, ".local/state/cmc-wizard/sessions/*/session.json"))
    if not folders:
        sys.exit(f"{home}: no saved enrollment")
    folder = os.path.dirname(max(folders))

    def plain(text):
        text = text.replace(folder, "SESSION").replace(os.path.basename(folder), "ID").replace(home, "~")
        text = re.sub(r"\b[0-9a-f]{40}\b", "KEYID", text)
        text = re.sub(r"0x[0-9a-f]{8,}", "SERIAL", text)
        return re.sub(r"(?m)^(senderNonce|request\.privKeyId|transactionMgt\.id|revRequest\.serial)=.*", r"\1=RANDOM", text)

    with open(os.path.join(folder, "session.json"), encoding="utf-8") as file:
        session = json.loads(plain(file.read()))
    out = {"state": session.get("state")}
    for name, value in session.get("answers", {}).items():
        out["answer " + name] = value
    for name, step in session.get("steps", {}).items():
        out["step " + name] = step.get("state") if isinstance(step, dict) else step
    for path in sorted(glob.glob(folder + "/*.cfg")):
        with open(path, encoding="utf-8") as file:
            lines = [line for line in plain(file.read()).splitlines() if line and not line.startswith("#")]
        out["cfg " + os.path.basename(path)] = lines
    return out


def main(arguments):
    sides = [(a.split("=", 1)[0], load(a.split("=", 1)[1])) for a in arguments]
    first_name, first = sides[0]
    different = 0
    for name, other in sides[1:]:
        for key in sorted(set(first) | set(other)):
            if first.get(key) != other.get(key):
                different += 1
                print(f"{key}: {first_name} has {first.get(key)!r}, {name} has {other.get(key)!r}")
    print(f"{len(first)} things compared, {different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
