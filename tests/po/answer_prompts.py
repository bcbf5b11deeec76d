#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Answers a program's prompts in a pty: answer_prompts.py LANGUAGE ANSWERS PROGRAM [OPTION]...

ANSWERS: lines "label<TAB>answer", messages in English that are translated with the catalogue of LANGUAGE ("en": as they
are). The first line whose label stands in the text since the last prompt is taken and used up, when it is the last one
with that label; an answer that is the text of an offered choice becomes its number. What no line is about gets an empty
line. The exit code is the program's; 124 when it says nothing for a minute. Descriptor 3 is handed on.
"""
import gettext
import os
import pty
import re
import select
import signal
import sys

SILENCE = 60
PAUSE = 0.05  # a prompt after which nothing comes for so long
TURNS = 100  # more prompts than any enrollment has: it turns in a circle
PROMPT = re.compile(r"(?:[:：\]] ?|\) )\Z")


def translate(language, message):
    if language == "en" or not message:
        return message
    folder = os.environ["CMC_WIZARD_LOCALEDIR"]
    return gettext.translation("cmc-wizard", folder, [language]).gettext(message)


def number_of(text, choice):
    """The number in front of an offered choice."""
    flat = re.sub(r"\s+", " ", text)
    found = re.findall(r"(\d+)\) " + re.escape(choice), flat)
    return found[-1] if found else choice


def reply(text, rows):
    flat = re.sub(r"\s+", " ", text)
    for i, (label, answer) in enumerate(rows):
        if label in flat:
            if i + 1 < len(rows):
                del rows[i]
            return number_of(text, answer)
    return ""


def is_running(pid):
    """Not waiting: what looks like a prompt is the beginning of something. False where nobody can tell."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] in "RD"
    except OSError:
        return False


def talk(pid, master, rows):
    """Reads and answers until the program ends; everything that was said."""
    said, since, turns = "", "", 0
    while True:
        ready, _, _ = select.select([master], [], [], PAUSE if PROMPT.search(since) else SILENCE)
        if not ready:
            if PROMPT.search(since) and is_running(pid):
                continue
            turns += 1
            if not PROMPT.search(since) or turns > TURNS:
                return said, False
            os.write(master, (reply(since, rows) + "\n").encode())
            since = ""
            continue
        try:
            data = os.read(master, 65536)
        except OSError:
            return said, True
        if not data:
            return said, True
        since += data.decode("utf-8", "replace").replace("\r", "")
        said += since if len(since) == len(data) else data.decode("utf-8", "replace")


def main(language, answers, command):
    with open(answers, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip()]
    rows = [(translate(language, row[0]), translate(language, row[1]) if len(row) > 1 else "") for row in rows]
    pid, master = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    said, ended = talk(pid, master, rows)
    print(said)
    if not ended:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return 124
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
