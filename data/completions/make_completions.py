#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Completions for bash, zsh and fish, made from the option tables: each command tells its rows with --option-rows, Dogtag's names
with dogtag_man --options.

    make_completions.py BUILD-FOLDER OUTPUT-FOLDER

To add a program: its name in PROGRAMS; a command of one comes by itself."""
import os
import re
import subprocess
import sys

PROGRAMS = ["cmc", "cmc-wizard", "cmc-practice-ca"]
HEAD = "# SPDX-License-Identifier: Apache-2.0\n# Made by data/completions/make_completions.py from the option tables; change those, then run make update-completions.\n"


class Option:
    def __init__(self, spellings, value, choices, text):
        self.spellings, self.value, self.choices, self.text = spellings, value, choices, text

    @property
    def kind(self):
        """What follows: None, "file", "dir", "choices" or "text"."""
        if not self.value:
            return None
        if self.choices:
            return "choices"
        if self.value in ("FILE", "CFG", "OUT.p12", "FILE.p12"):
            return "file"
        return "dir" if self.value in ("DIR", "FOLDER") else "text"


def said(*argv):
    env = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="")
    return subprocess.run(argv, capture_output=True, text=True, check=True, env=env, stdin=subprocess.DEVNULL).stdout


def rows(program, *command):
    out = []
    for line in said(program, *command, "--option-rows").splitlines():
        letter, name, value, choices, text = line.split("\t")
        spellings = (["-" + letter] if letter != "-" else []) + ["--" + name]
        out.append(Option(spellings, "" if value == "-" else value, [] if choices == "-" else choices.split("|"), text))
    return out


def commands(program):
    """(name, summary) of every sub-command."""
    out, lines = [], said(program, "--help").splitlines()
    for i, line in enumerate(lines):
        listed = re.match(r"^  ([a-z][a-z0-9-]*)(?: {2,}(.*)| \[?[A-Z(].*)$", line)
        if listed:
            out.append((listed.group(1), listed.group(2) or lines[i + 1].strip()))
    return out


def own(build):
    """{program: (commands, {command or "": options})}"""
    out = {}
    for name in PROGRAMS:
        program = os.path.join(build, name)
        if not os.access(program, os.X_OK):
            sys.exit("%s is not built" % name)
        listed = commands(program) if name != "cmc-wizard" else []
        tables = {c: rows(program, c) for c, _ in listed}
        general = [Option(["--help"], "", [], "Show this help."), Option(["--version"], "", [], "Show the version.")]
        tables[""] = rows(program) if not listed else general
        out[name] = (listed, tables)
    return out


def dogtag(build):
    out = {}
    for name in said(os.path.join(build, "data/man/dogtag_man"), "--names").split():
        out[name] = ([], {"": []})
    for line in said(os.path.join(build, "data/man/dogtag_man"), "--options").splitlines():
        tool, name, value, _, text = line.split("\t")
        value = "" if value == "-" else value
        glued = value.startswith("=")
        choices = value.split("|") if "|" in value else []
        tool, _, command = tool.partition(" ")
        out[tool][1].setdefault(command, []).append(Option([name], "" if glued else value, choices, text))
    for command in [c for c in out["pki"][1] if c.startswith("ca-cert-")]:  # the old spelling
        out["pki"][1][command[3:]] = out["pki"][1][command]
    listed = re.search(r"\nCommands:\n(.*?)\n\n", said(os.path.join(build, "dogtag/pki"), "--help"), re.S).group(1).split()
    out["pki"] = ([(c, "") for c in listed], out["pki"][1])
    return out


# ---- bash ----

BASH = r'''
# _cmc_add KIND: candidates of that kind for the current word.
_cmc_add() {
    case $1 in
    file) compopt -o filenames 2> /dev/null && COMPREPLY=($(compgen -f -- "$current")) ;;
    dir) compopt -o filenames 2> /dev/null && COMPREPLY=($(compgen -d -- "$current")) ;;
    choices:*) COMPREPLY=($(compgen -W "${1#choices:}" -- "$current")) ;;
    esac
}

_cmc_complete() {
    local program=${COMP_WORDS[0]##*/} current=${COMP_WORDS[COMP_CWORD]} before= word command= kind
    local -i i
    local commands=$(_cmc_commands "$program")
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ " $commands " == *" $word "* ]]; then
            command=$word
            break
        fi
    done
    COMPREPLY=()
    compopt -o default 2> /dev/null
    if ((COMP_CWORD > 0)); then before=${COMP_WORDS[COMP_CWORD - 1]}; fi
    # "--option=value" comes as three words where "=" parts them, else as one.
    if [[ $current == = ]]; then
        current=
        kind=$(_cmc_kind "$program" "$command" "$before")
    elif [[ $before == = ]]; then
        kind=$(_cmc_kind "$program" "$command" "${COMP_WORDS[COMP_CWORD - 2]}")
    elif [[ $current == --*=* ]]; then
        kind=$(_cmc_kind "$program" "$command" "${current%%=*}")
        current=${current#*=}
    else
        kind=$(_cmc_kind "$program" "$command" "$before")
    fi
    if [[ -n $kind ]]; then
        _cmc_add "$kind"
    elif [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$(_cmc_options "$program" "$command")" -- "$current"))
        if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2> /dev/null; fi
    elif [[ -z $command && -n $commands ]]; then
        COMPREPLY=($(compgen -W "$commands" -- "$current"))
    fi
}

complete -F _cmc_complete '''


def bash_word(option, spelling):
    return spelling + ("=" if option.value and spelling.startswith("--") and option.kind else "")


def bash(all_programs):
    out = [HEAD, "\n_cmc_commands() {\n    case $1 in\n"]
    for name, (listed, _) in all_programs.items():
        if listed:
            out.append("    %s) echo \"%s\" ;;\n" % (name, " ".join(c for c, _ in listed)))
    out.append("    esac\n}\n\n_cmc_options() {\n    case $1:$2 in\n")
    for name, (_, tables) in all_programs.items():
        for command, options in tables.items():
            equals = name in PROGRAMS
            words = [bash_word(o, s) if equals else s for o in options for s in o.spellings if equals is False or s.startswith("--")]
            if words:
                out.append("    %s:%s) echo \"%s\" ;;\n" % (name, command, " ".join(words)))
    out.append("    esac\n}\n\n# What follows an option: file, dir, choices:WORDS, text; nothing when it takes no value.\n"
               "_cmc_kind() {\n    case $1:$2:$3 in\n")
    for name, (listed, tables) in all_programs.items():
        for command, options in tables.items():
            by_kind = {}
            for o in options:
                if o.kind:
                    kind = "choices:" + " ".join(o.choices) if o.kind == "choices" else o.kind
                    by_kind.setdefault(kind, []).extend(o.spellings)
            for kind, spellings in by_kind.items():
                patterns = "|".join("%s:%s:%s" % (name, "*" if name == "pki" and not command else command, s) for s in spellings)
                out.append("    %s) echo \"%s\" ;;\n" % (patterns, kind))
    out.append("    esac\n}\n" + BASH + " ".join(all_programs) + "\n")
    return "".join(out)


# ---- zsh ----

def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text).replace("'", "'\\''")


def zsh_spec(option, ours):
    after = ""
    if option.kind:
        action = {"file": "_files", "dir": "_files -/", "choices": "(%s)" % " ".join(option.choices), "text": " "}[option.kind]
        after = ":%s:%s" % (zsh_text(option.value.lower() if not option.choices else "choice"), action)
    out = []
    for s in option.spellings:
        equals = "=" if option.kind and ours and s.startswith("--") else ""
        others = "(%s)" % " ".join(option.spellings) if len(option.spellings) > 1 else ""
        out.append("'%s%s%s[%s]%s'" % (others, s, equals, zsh_text(option.text), after))
    return out


def zsh(all_programs):
    out = ["#compdef " + " ".join(all_programs) + "\n" + HEAD]
    for name, (listed, tables) in all_programs.items():
        function = "_cmc_" + re.sub(r"\W", "_", name)
        out.append("\n%s() {\n" % function)
        ours = name in PROGRAMS
        general = "        _arguments " + " \\\n            ".join([s for o in tables[""] for s in zsh_spec(o, ours)] + ["'*:file:_files'"])
        if not listed:
            out.append(general.replace("        _arg", "    _arg", 1) + "\n}\n")
            continue
        out.append("    local command=${words[(r)(%s)]}\n    case $command in\n" % "|".join(c for c, _ in listed))
        for command, options in tables.items():
            if command:
                specs = [s for o in options for s in zsh_spec(o, ours)] + ["'*:file:_files'"]
                out.append("    %s)\n        _arguments %s ;;\n" % (command, " \\\n            ".join(specs)))
        described = " ".join("'%s'" % (c + (":" + zsh_text(t) if t else "")) for c, t in listed)
        out.append("    '')\n        local -a commands=(%s)\n        _describe command commands\n%s ;;\n    *)\n        _files ;;\n    esac\n}\n"
                   % (described, general))
    out.append("\ncase $service in\n")
    for name in all_programs:
        out.append("%s) _cmc_%s ;;\n" % (name, re.sub(r"\W", "_", name)))
    out.append("esac\n")
    return "".join(out)


# ---- fish ----

def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_option(name, condition, option):
    words = ["complete -c %s" % name]
    if condition:
        words.append("-n " + quoted(condition))
    for s in option.spellings:
        if s.startswith("--"):
            words.append("-l " + s[2:])
        else:
            words.append(("-s " if len(s) == 2 else "-o ") + s[1:])
    if option.kind == "choices":
        words.append("-x -a " + quoted(" ".join(option.choices)))
    elif option.kind in ("file", "dir"):
        words.append("-r")
    elif option.kind:
        words.append("-x")
    words.append("-d " + quoted(option.text))
    return " ".join(words) + "\n"


def fish(all_programs):
    out = [HEAD]
    for name, (listed, tables) in all_programs.items():
        out.append("\n")
        for command, text in listed:
            out.append("complete -c %s -n __fish_use_subcommand -a %s%s\n" % (name, command, " -d " + quoted(text) if text else ""))
        for command, options in tables.items():
            condition = "__fish_seen_subcommand_from " + command if command else "__fish_use_subcommand" if listed else ""
            for option in options:
                out.append(fish_option(name, condition, option))
    return "".join(out)


def main():
    build, folder = sys.argv[1], sys.argv[2]
    all_programs = own(build)
    all_programs.update(dogtag(build))
    for file, make in (("cmc-wizard.bash", bash), ("_cmc-wizard", zsh), ("cmc-wizard.fish", fish)):
        with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
            f.write(make(all_programs))


main()
