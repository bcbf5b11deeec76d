#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The three completion files, read each by its own grammar, offer every option and command that --help and the table of Dogtag's
options name, and no other; every line is whole in its shell's quoting. Shares nothing with make_completions.py.

    structure.py BUILD-FOLDER SOURCE-FOLDER"""
import os
import re
import subprocess
import sys

BUILD, SOURCE = sys.argv[1:3]
FOLDER = os.path.join(SOURCE, "data", "completions")
OURS = ("cmc", "cmc-wizard", "cmc-practice-ca")
GENERAL = {"--help", "--version"}


def text_of(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def help_of(*argv):
    return subprocess.run([os.path.join(BUILD, argv[0])] + list(argv[1:]) + ["--help"], capture_output=True, text=True, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE=""), stdin=subprocess.DEVNULL).stdout


def wanted():
    """{(program, command): spellings}, from what people read."""
    out = {}
    for name in OURS:
        listed = re.findall(r"^  ([a-z][a-z0-9-]*)(?=  | [A-Z\[]|$)", help_of(name), re.M) if name != "cmc-wizard" else []
        for command in listed or [""]:
            found = re.findall(r"^  (?:(-\w), |    )(--[a-z][a-z0-9-]*)", help_of(name, *([command] if command else [])), re.M)
            out[name, command] = {s for pair in found for s in pair if s} | GENERAL
        if listed:
            out[name, ""] = set(GENERAL)
    for tool, option in re.findall(r'^DOGTAG_OPTION\("([^"]+)", "([^"]+)"', text_of(os.path.join(SOURCE, "src/tools/dogtag_options.def")), re.M):
        name, _, command = tool.partition(" ")
        out.setdefault((name, command), set()).add(option)
    for name, command in [key for key in out if key[1].startswith("ca-cert-")]:
        out[name, command[3:]] = out[name, command]
    return out


def from_bash():
    text = text_of(os.path.join(FOLDER, "cmc-wizard.bash"))
    part = text[text.index("_cmc_options()"):text.index("_cmc_kind()")]
    out = {}
    for name, command, words in re.findall(r'^    ([\w-]+):([\w-]*)\) echo "([^"]*)" ;;$', part, re.M):
        out[name, command] = {word.rstrip("=") for word in words.split()}
    return out


def zsh_words(text):
    """Words in single quotes, where '\\'' is one of their characters."""
    return [w.replace("'\\''", "'") for w in re.findall(r"'((?:[^']|'\\'')*)'(?=[\s)]|$)", text)]


def from_zsh():
    text = text_of(os.path.join(FOLDER, "_cmc-wizard"))
    services = dict((function, name) for name, function in re.findall(r"^([\w-]+)\) (_cmc_\w+) ;;$", text, re.M))
    out = {}
    for function, body in re.findall(r"^(_cmc_\w+)\(\) \{\n(.*?)^\}$", text, re.M | re.S):
        name = services.pop(function)
        arms = re.findall(r"^    ([\w-]+|'')\)\n(.*?) ;;$", body, re.M | re.S) if "case $command" in body else [("''", body)]
        for command, arm in arms:
            arm = arm[arm.index("_arguments"):]
            for word in zsh_words(arm):
                spec = re.fullmatch(r"(?:\([-\w ]+\))?(-[-\w]+)=?\[((?:[^\[\]\\]|\\.)*)\](:.+:.*)?", word)
                if spec:
                    out.setdefault((name, command.strip("'")), set()).add(spec.group(1))
                elif word != "*:file:_files":
                    sys.exit("_cmc-wizard: %s %s: this is no specification: %s" % (name, command, word))
    if services:
        sys.exit("_cmc-wizard: functions that are not there: %s" % sorted(services))
    return out


def fish_words(line):
    out, rest = [], line
    while rest:
        word = re.match(r"'((?:[^'\\]|\\.)*)'(?: |$)|([^\s'\"\\$]+)(?: |$)", rest)
        if not word:
            sys.exit("cmc-wizard.fish: the quoting is broken: " + line)
        out.append(word.group(1) if word.group(1) is not None else word.group(2))
        rest = rest[word.end():]
    return out


def from_fish():
    out = {}
    for line in text_of(os.path.join(FOLDER, "cmc-wizard.fish")).splitlines():
        if not line or line.startswith("#"):
            continue
        words = fish_words(line)
        if words[:2] != ["complete", "-c"]:
            sys.exit("cmc-wizard.fish: " + line)
        name, command, spellings, rest = words[2], "", set(), iter(words[3:])
        for word in rest:
            if word in ("-r", "-x"):
                continue
            value = next(rest)
            if word == "-n":
                command = value.split()[1] if value.startswith("__fish_seen_subcommand_from ") else ""
            elif word in ("-l", "-s", "-o"):
                spellings.add(("--" if word == "-l" else "-") + value)
            elif word not in ("-a", "-d"):
                sys.exit("cmc-wizard.fish: %s: %s" % (word, line))
        if spellings:
            out.setdefault((name, command), set()).update(spellings)
    return out


def main():
    bad, must = 0, wanted()
    options = sum(len(s) for s in must.values())
    if options < 300 or len(must) < 40:
        sys.exit("only %d options of %d commands were read" % (options, len(must)))
    for shell, have in (("bash", from_bash()), ("zsh", from_zsh()), ("fish", from_fish())):
        for key, spellings in sorted(must.items()):
            # bash offers our own programs' long spellings only: the short ones are the same options
            needed = {s for s in spellings if s.startswith("--")} if shell == "bash" and key[0] in OURS else spellings
            for what, which in (("lacks", needed - have.get(key, set())), ("has too much:", have.get(key, set()) - needed)):
                if which:
                    bad += 1
                    print("%s: %s %s %s %s" % (shell, key[0], key[1], what, " ".join(sorted(which))))
        for key in sorted(set(have) - set(must)):
            bad += 1
            print("%s: nobody has the command %s %s" % ((shell,) + key))
    print("%d options of %d commands in three shells: %d faults" % (options, len(must), bad))
    sys.exit(1 if bad else 0)


main()
