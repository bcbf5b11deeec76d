#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Answers a program's prompts in a pty: answer_prompts.py LANGUAGE ANSWERS PROGRAM [OPTION]...

ANSWERS: lines "label<TAB>answer", messages in English that are translated with the catalogue of LANGUAGE ("en": as they
are). The first line whose label stands in the text since the last prompt is taken and used up, unless it is the last one;
"Host:", with a colon, is the prompt itself. An answer that is the text of an offered choice becomes its number. What no
line is about gets an empty line. The exit code is the program's; 124 when it says nothing for a minute. Descriptor 3 is
handed on.
"""
import codecs
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
    """The message itself where the catalogue has none; "One:" is a message and a colon."""
    if language == "en" or not message:
        return message
    if message.endswith(":"):
        return translate(language, message[:-1]) + ":"
    folder = os.environ["CMC_WIZARD_LOCALEDIR"]
    catalogue = gettext.translation("cmc-wizard", folder, [language])._catalog
    known = [key for key in catalogue if isinstance(key, str) and key.split("\004")[-1].replace("&", "") == message]
    return re.sub(r"\(&.\)|&", "", catalogue[known[0]]) if known else message


def squeeze(text):
    """Lines are broken anywhere, in some languages without a blank; each offered choice begins with an octet 1."""
    return re.sub(r"\s+", "", re.sub(r"\n\s*(?=\d+\) )", "\1", text)).replace("：", ":")


def number_of(text, choice):
    """The number in front of an offered choice."""
    found = re.findall("\1(\\d+)\\)" + re.escape(squeeze(choice)), squeeze(text))
    return found[-1] if found else choice


def stands(label, text):
    """A label with a colon is the prompt itself, perhaps with a default or a remark in brackets."""
    if label.endswith(":"):
        prompt = squeeze(text[text.rstrip().rfind("\n") + 1 :])
        return re.fullmatch(r"(\d+\.)?" + re.escape(squeeze(label[:-1])) + r"([\[(（].*)?:", prompt) is not None
    return squeeze(label) in squeeze(text)


def reply(text, rows):
    for i, (label, answer) in enumerate(rows):
        if stands(label, text):
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
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
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
        text = decode(data)
        since += text.replace("\r", "")
        said += text


def main(language, answers, command):
    with open(answers, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip()]
    rows = [(translate(language, row[0]), translate(language, row[1]) if len(row) > 1 else "") for row in rows]
    pid, master = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    said, ended = talk(pid, master, rows)
    print(said.replace("\r\n", "\n"))
    if not ended:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return 124
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
