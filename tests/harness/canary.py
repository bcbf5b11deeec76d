# SPDX-License-Identifier: Apache-2.0
"""Runs inside gdb: dumps a program's memory at each wait and at its exit, and searches each dump for canaries.

gdb -q -nx -batch -x canary.py --args PROGRAM ARGUMENT...
Environment (it names files only, since the program inherits it):
  CANARIES   lines NAME<tab>VALUE: the secrets; VALUE @FILE: what that file holds, once it is there or lies beside its place under a
             temporary name. Read anew for each dump
  LIVE       lines STEP<tab>NAME: from that step's beginning to its end the program needs that secret. "*" = until the exit.
             A third column "library": a library that we cannot reach holds it for one wait, on the heap or the stack;
             "message": it is part of the message that goes out in that step, wherever that is;
             "thread": a library has copied it to the stack of the step's thread, which is wiped when the thread ends
  OUTPUT     folder: stdout, stderr, events (descriptor 3) and report are written there
  INTERACTIVE  the program has a terminal (gdb -tty=NAME); a wait is dumped while a step runs, in a thread of its own (where no step runs,
             "network" stands for it), and when the file OUTPUT/want is there: its content stands for the step, and it is removed
  WAITS      system calls that are waits, separated by blanks (default: poll ppoll select pselect6 epoll_wait epoll_pwait)

A secret that is needed may lie in memory that the program has locked and excluded from core dumps (struct secret), and nowhere else.
Report lines: ok|LEAK, place, step, secret, encoding, address, mapping; the last line is "dumps N leaks N".
Without gdb, `canary.py search PATH...` looks through files instead, names and contents: exit code 1 and LEAK lines when there is one.

gcore writes what the kernel would leave out of a core file too (dump-excluded-mappings): nothing hides by being undumpable.
"""

import base64
import glob
import json
import os
import re
import struct
import sys

try:
    import gdb
except ImportError:
    gdb = None

OUTPUT = os.environ.get("OUTPUT", ".")
WAITS = os.environ.get("WAITS", "poll ppoll select pselect6 epoll_wait epoll_pwait").split()


def pairs(path):
    with open(path, encoding="utf-8") as text:
        return [tuple(line.rstrip("\n").split("\t")) for line in text if line.strip()]


WINDOW = 12  # characters: a freed block loses its first octets, so pieces of a secret count as well


def encodings(value):
    """What a piece of a secret may look like: as text, as BMPString, in base64 at each of the three alignments, in hex."""
    raw = value.encode()
    yield "UTF-8", raw
    yield "UTF-16LE", value.encode("utf-16-le")
    yield "UTF-16BE", value.encode("utf-16-be")
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        yield "base64+%d" % shift, whole[4 if shift else 0: len(whole) - 4]
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()


def pieces(value):
    return {value[at: at + WINDOW] for at in range(0, max(1, len(value) - WINDOW + 1), WINDOW)}


def canaries():
    for name, value in pairs(os.environ["CANARIES"]):
        if not value.startswith("@"):
            yield name, value
            continue
        for path in sorted(glob.glob(glob.escape(value[1:]) + ".??????") + glob.glob(glob.escape(value[1:]))):
            with open(path, encoding="utf-8") as text:
                yield name, text.read().strip()


def needles():
    return [(name, kind, octets) for name, value in canaries() for piece in sorted(pieces(value)) for kind, octets in encodings(piece)]


INTERACTIVE = bool(os.environ.get("INTERACTIVE"))
LIVE = pairs(os.environ["LIVE"]) if "LIVE" in os.environ else []


def segments(core):
    """(address, offset, size) of the memory in a core file."""
    wide = core[4] == 2
    if wide:
        at, = struct.unpack_from("<Q", core, 32)
        size, count = struct.unpack_from("<HH", core, 54)
    else:
        at, = struct.unpack_from("<I", core, 28)
        size, count = struct.unpack_from("<HH", core, 42)
    for i in range(count):
        if wide:
            kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", core, at + i * size)
        else:
            kind, offset, address, _, length = struct.unpack_from("<IIIII", core, at + i * size)
        if kind == 1 and length:
            yield address, offset, length


def written(core):
    """(address, octets) of the runs of pages that are not all zero: room that was reserved and never used is most of a core file."""
    page, empty = 4096, bytes(4096)
    for address, offset, length in segments(core):
        first = None
        for at in range(offset, offset + length + page, page):
            used = at < offset + length and core[at: at + page] != empty[: min(page, offset + length - at)]
            if used and first is None:
                first = at
            elif not used and first is not None:
                yield address + first - offset, core[first: min(at, offset + length)]
                first = None


def mappings(pid):
    """(start, end, name, flags) of each mapping."""
    rows = []
    with open("/proc/%d/smaps" % pid, encoding="utf-8", errors="replace") as text:
        for line in text:
            words = line.split()
            if words[0] == "VmFlags:":
                rows[-1][3] = words[1:]
            elif not words[0].endswith(":"):
                start, end = (int(x, 16) for x in words[0].split("-"))
                rows.append([start, end, words[5] if len(words) > 5 else "anonymous", []])
    return rows


def current_step():
    """The step that the last event names, or "" before the first and after the last."""
    step = ""
    try:
        with open(OUTPUT + "/events", encoding="utf-8") as events:
            for line in events:
                event = json.loads(line)
                if event["event"] == "step-started":
                    step = event["step"]
    except (OSError, ValueError, KeyError):
        pass
    return step


class Watch:
    def __init__(self):
        self.report = open(OUTPUT + "/report", "w", encoding="utf-8")
        self.dumps = self.leaks = 0
        self.seen = {}
        self.library = {}

    def line(self, *fields):
        print(*fields, sep="\t", file=self.report, flush=True)

    def judge(self, place, step, name, kind, address, rows):
        mapping = next((r for r in rows if r[0] <= address < r[1]), None)
        kept = mapping and "lo" in mapping[3] and "dd" in mapping[3]
        needed = place != "exit" and any(row[0] in (step, "*") and row[1] == name for row in LIVE)
        sent = any(row == (step, name, "message") for row in LIVE)
        stacked = mapping and mapping[2] == "anonymous" and any(row == (step, name, "thread") for row in LIVE)
        fine = needed and (kept or sent or stacked or self.is_library_wait(name))
        self.leaks += not fine
        self.line("ok" if fine else "LEAK", place, step, name, kind, hex(address), "locked" if kept else mapping[2] if mapping else "?")

    def is_library_wait(self, name):
        """Only the first dump that finds it so."""
        return any(row[1:] == (name, "library") for row in LIVE) and self.library.setdefault(name, self.dumps) == self.dumps

    def is_new(self, call):
        """A wait that comes again and again in one step, or between two wanted dumps, is dumped the first times only."""
        step = current_step()
        key = step, call
        self.seen[key] = self.seen.get(key, 0) + 1
        return self.seen[key] <= (25 if not INTERACTIVE else 2 if step else 12)

    def wanted(self):
        """What somebody outside wants a dump for, or None."""
        try:
            with open(OUTPUT + "/want", encoding="utf-8") as text:
                label = text.read().strip()
            os.unlink(OUTPUT + "/want")
            self.seen = {}
            return label
        except FileNotFoundError:
            return None

    def dump(self, place, label=None):
        step = current_step() if label is None else label
        looked_for = needles()
        pid = gdb.selected_inferior().pid
        path = OUTPUT + "/core"
        gdb.execute("gcore " + path, to_string=True)
        rows = mappings(pid)
        with open(path, "rb") as core:
            found = [(address, octets) for address, octets in written(core.read())]
        for name, kind, needle in looked_for:
            for address, octets in found:
                at = octets.find(needle)
                while at >= 0:
                    self.judge(place, step, name, kind, address + at, rows)
                    at = octets.find(needle, at + 1)
        os.unlink(path)
        self.dumps += 1
        self.line("dump", place, step)
        if place == "exit":
            with open("/proc/%d/limits" % pid, encoding="ascii") as limits:
                self.line("core", *next(row for row in limits if row.startswith("Max core file size")).split()[4:6])
        for source in ("cmdline", "environ"):
            with open("/proc/%d/%s" % (pid, source), "rb") as text:
                found = text.read()
            for name, kind, needle in looked_for:
                if needle in found:
                    self.leaks += 1
                    self.line("LEAK", source, step, name, kind)


class Calls:
    """Which system call a thread stands before; gdb tells it only by how often each catchpoint was hit (in and out)."""

    def __init__(self):
        self.hits, self.inside = {}, set()
        for call in WAITS + ["exit_group"]:
            try:
                gdb.execute("catch syscall " + call, to_string=True)
            except gdb.error:
                pass  # not every machine has each

    def entered(self):
        found, call = None, ""
        for line in gdb.execute("info breakpoints", to_string=True).splitlines():
            named = re.search(r'syscall "?(\w+)', line)
            hit = re.search(r"already hit (\d+) time", line)
            call = named[1] if named else call
            if hit and self.hits.get(call) != hit[1]:
                self.hits[call] = hit[1]
                found = call
        if not found:
            return None
        place = gdb.selected_thread().num, found
        if place in self.inside:
            self.inside.remove(place)
            return None
        self.inside.add(place)
        return found


def main():
    for setting in ("pagination off", "confirm off", "dump-excluded-mappings on", "print inferior-events off", "auto-solib-add off"):
        gdb.execute("set " + setting, to_string=True)
    for variable in ("LINES", "COLUMNS"):  # gdb's own
        gdb.execute("unset environment " + variable, to_string=True)
    calls, watch = Calls(), Watch()
    arguments = re.search(r'is "(.*)"', gdb.execute("show args", to_string=True))[1].replace('\\\\', '\\').replace('\\"', '"')
    streams = "3> %s/events" % OUTPUT if INTERACTIVE else "< /dev/null > %s/stdout 2> %s/stderr 3> %s/events" % (OUTPUT, OUTPUT, OUTPUT)
    gdb.execute("run %s %s" % (arguments, streams), to_string=True)
    while gdb.selected_inferior().pid:
        call = calls.entered()
        if call == "exit_group":
            watch.dump("exit")
        elif call:
            label = watch.wanted() if INTERACTIVE else None
            if label is not None:
                watch.dump("want", label)
            elif INTERACTIVE and gdb.selected_thread().num != 1:
                if watch.is_new(call):
                    watch.dump(call, current_step() or "network")
            elif (not INTERACTIVE or current_step()) and watch.is_new(call):
                watch.dump(call)
        gdb.execute("continue", to_string=True)
    watch.line("dumps", watch.dumps, "leaks", watch.leaks)


def search(paths):
    leaks = 0
    looked_for = needles()
    for top in paths:
        files = [top] if os.path.isfile(top) else [os.path.join(f, n) for f, _, names in os.walk(top) for n in names]
        for path in files:
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                octets = os.fsencode(path) + b"\n" + file.read()
            for name, kind, needle in looked_for:
                if needle in octets:
                    leaks += 1
                    print("LEAK", path, name, kind)
    return leaks


if gdb:
    main()
elif sys.argv[1:2] == ["search"]:
    sys.exit(1 if search(sys.argv[2:]) else 0)
