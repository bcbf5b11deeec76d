#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table of interruptions: cmc-wizard is killed before and after every step, every change of a file and every exchange with the CA,
and within every write; writes fail, disks are full, connections are refused or reset. Afterwards the enrollment is resumed, and must
end with one key pair, one certificate, and nothing sent twice without a question. cut.c does the interrupting, here is the table.
usage: interruptions.py [SCENARIO]...   Environment: top_srcdir, top_builddir; CUT_TABLE=full for every row; CUT_ONLY=TEXT for rows whose
words hold it, CUT_LIST=1 prints them."""
import collections, glob, json, os, re, shutil, sqlite3, subprocess, sys, tempfile, threading, queue

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

import proxy

SOURCE = os.path.abspath(os.environ.get("top_srcdir", "."))
BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
CUT = os.path.join(BUILD, "tests/interrupt/cut.so")
FULL = os.environ.get("CUT_TABLE") == "full"
SCHEMA = jsonschema.Draft202012Validator(json.load(open(os.path.join(SOURCE, "data/schema/session.schema.json"))))
PRIVATE, PUBLIC = b"\0\0\0\3", b"\0\0\0\2"
Call = collections.namedtuple("Call", "step op path number")


class Failed(Exception):
    pass


class Skipped(Exception):
    """What this machine cannot do; said aloud, and counted apart."""


def check(holds, text):
    if not holds:
        raise Failed(text)


def environment(home, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "CUT_")) and not k.lower().endswith("_proxy")}
    env.update(HOME=home, LC_ALL="C.UTF-8", LANGUAGE="", LD_PRELOAD=CUT)
    # The files of a database are the same with one round of key stretching; only time is saved.
    env.update(NSS_MAX_MP_PBE_ITERATION_COUNT="1")
    env.update(ASAN_OPTIONS=env.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0:detect_leaks=0")
    env.update(more)
    return env


def run(*words, code=0, **kw):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, **kw)
    if code is not None and done.returncode != code:
        raise Failed("%s: %d\n%s" % (" ".join(words), done.returncode, done.stdout.decode()))
    return done.stdout.decode()


class Desk:
    """A practice CA with an agent and a user, and a database that holds both certificates: the beginning of every case."""

    def __init__(self, folder):
        self.folder, self.ca, self.db, self.process, self.proxies = folder, folder + "/ca", folder + "/db", None, {}
        os.makedirs(folder)
        self.env = environment(folder)

    def prepare(self):
        folder = self.folder
        self.password = self.write("password", "Secret.123")
        self.program("practice-ca", "init", self.ca)
        self.program("practice-ca", "profile", self.ca, "enable", "caECFullCMCSharedTokenCert", "caFullCMCSharedTokenCert",
                     "caFullCMCUserEncCert")
        self.program("practice-ca", "switch", self.ca, "practice.messages", folder + "/messages")
        self.serve()
        self.fingerprint = json.load(open(self.ca + "/ca-description.json"))["fingerprint"]
        self.program("token", "--cert", self.ca + "/issuance-protection.pem", "--generate", folder + "/secret", "--output", folder + "/token")
        self.program("practice-ca", "user", self.ca, "add", "jdoe", "uid=jdoe,ou=people,dc=example,dc=com")
        self.program("practice-ca", "user", self.ca, "token", "jdoe", folder + "/token")
        os.mkdir(self.db)
        self.program("import", "-d", self.db, "--create", "--practice", "--password-file", self.password, "--pkcs12", "--pkcs12-password-file",
                     self.ca + "/agent.password", self.ca + "/agent.p12")
        self.program("import", "-d", self.db, "--password-file", self.password, "--trust-root", "--practice", self.ca + "/chain.pem")
        answers = self.write("signing", self.answers("shared-secret", self.db) + "new.nickname = signing\n")
        run(BUILD + "/cmc-wizard", "--answers", answers, "--state-dir", folder + "/signing.d", env=self.env)

    def write(self, name, text):
        with open(self.folder + "/" + name, "w") as out:
            out.write(text + "\n")
        return out.name

    def program(self, name, *words):
        program, first = ("cmc-practice-ca", ()) if name == "practice-ca" else ("cmc", (name,))
        return run(BUILD + "/" + program, *first, *words, env=self.env)

    def restart(self, env):
        self.process.terminate()
        self.process.wait()
        self.serve(self.port, env)

    def serve(self, port=0, env={}):
        self.carriers = {}
        ready = self.folder + "/ready"
        if os.path.exists(ready):
            os.unlink(ready)
        self.process = subprocess.Popen([BUILD + "/cmc-practice-ca", "serve", self.ca, "--port", str(port), "--ready-file", ready],
                                        env={**self.env, **env}, stdin=subprocess.DEVNULL, stdout=open(self.folder + "/ca.log", "a"),
                                        stderr=subprocess.STDOUT)
        for _ in range(600):
            if os.path.exists(ready) or self.process.poll() is not None:
                break
            threading.Event().wait(0.05)
        check(os.path.exists(ready), "the practice CA does not start: " + open(self.folder + "/ca.log").read())
        self.port = int(re.search(r":(\d+)", open(ready).read()).group(1))

    def pem(self, nickname):
        """Certificate and key as the proxy needs them to speak for somebody."""
        out = self.folder + "/client"
        run("pk12util", "-o", out + ".p12", "-n", nickname, "-d", "sql:" + self.db, "-k", self.password, "-w", self.password, env=self.env)
        pem = ""
        for what in (("-clcerts", "-nokeys"), ("-nocerts", "-nodes")):
            pem += run("openssl", "pkcs12", "-in", out + ".p12", "-passin", "file:" + self.password, *what)
        return self.write(nickname + ".pem", pem)

    def proxy(self, scenario):
        client = "signing" if scenario == "encryption" else "practice-agent-agent"
        if client not in self.proxies:
            self.proxies[client] = proxy.Proxy(self.ca, self.pem(client))
        return self.proxies[client]

    def stop(self):
        for p in self.proxies.values():
            p.close()
        self.process.terminate()
        self.process.wait()

    def answers(self, scenario, db, port=None):
        lines = ["scenario = " + scenario.split("+")[0], "host = localhost", "port = %d" % (port or self.port),
                 "ca.fingerprint = " + self.fingerprint, "dbdir = " + db, "password.file = " + self.password, "practice.import = true"]
        return "\n".join(lines + [line.format(desk=self) for line in SCENARIOS[scenario]]) + "\n"

    def quiet(self):
        """Waits until the CA has done with what a killed program sent: no connection is left at its port. Half a TLS record keeps it
        waiting for the rest; nothing comes of that, so such a connection is waited for only a while."""
        for turn in range(600):
            rows = [line.split() for name in ("tcp", "tcp6") for line in open("/proc/net/" + name).readlines()[1:]]
            states = [r[3] for r in rows if r[1].endswith(":%04X" % self.port)]
            if "01" not in states and (turn > 60 or "08" not in states):
                return
            threading.Event().wait(0.05)
        raise Failed("the CA does not end its connections")

    def ask(self, query, *values):
        store = sqlite3.connect(self.ca + "/state.db", timeout=30)
        try:
            return store.execute(query, values).fetchone()[0]
        finally:
            store.close()

    def issued(self):
        return self.ask("select count(*) from certs")

    def requests(self):
        return self.ask("select count(*) from requests")


# What they have in common is interrupted in the first one: the last one makes RSA keys, which cost time.
SCENARIOS = {
    "agent-signed": ["nickname = practice-agent-agent", "key.type = ec", "subject = uid=jdoe,ou=people,dc=example,dc=com"],
    # The database is made, and the agent's certificate comes in a file.
    "agent-signed+new": ["agent.p12 = {desk.ca}/agent.p12", "agent.p12.password.file = {desk.ca}/agent.password", "key.type = ec",
                         "subject = uid=jdoe,ou=people,dc=example,dc=com"],
    "shared-secret": ["identification = jdoe", "witness.sharedSecret.file = {desk.folder}/secret", "key.type = ec"],
    "encryption": ["nickname = signing", "profile = caFullCMCUserEncCert", "archive = true"],
}


def objects(db, kind):
    """How many objects of a class are in a database, without our own code or NSS."""
    n = 0
    for name, table in (("cert9.db", "nssPublic"), ("key4.db", "nssPrivate")):
        if os.path.exists(db + "/" + name):
            store = sqlite3.connect("file:%s/%s?mode=ro" % (db, name), uri=True, timeout=30)
            n += store.execute("select count(*) from %s where a0 = ?" % table, (kind,)).fetchone()[0]
            store.close()
    return n


class Case:
    """One enrollment in a folder of its own."""

    def __init__(self, desk, scenario, port=None):
        self.desk, self.scenario = desk, scenario
        self.folder = tempfile.mkdtemp(dir=desk.folder, prefix="case-")
        self.db, self.state, self.log = self.folder + "/db", self.folder + "/s", self.folder + ".log"
        if "+new" not in scenario:
            shutil.copytree(desk.db, self.db)
        self.before = {kind: objects(self.db, kind) for kind in (PRIVATE, PUBLIC)}
        self.issued, self.requests = desk.issued(), desk.requests()
        self.answers, self.resend, self.asked = desk.answers(scenario, self.db, port), False, 0
        self.replaced = 0  # keys that were made and then not wanted
        self.said = ""

    def session(self):
        names = os.listdir(self.state) if os.path.isdir(self.state) else []
        return next((n for n in sorted(names, reverse=True) if os.path.exists("%s/%s/session.json" % (self.state, n))), None)

    def wizard(self, at=None, **more):
        """Exit code, negative for a signal. A saved enrollment is gone on with."""
        answers = self.folder + ".answers"
        with open(answers, "w") as out:
            out.write(self.answers + ("resend = true\n" if self.resend else ""))
        session = self.session()
        with open(self.folder + ".events", "a") as events:
            number = str(events.fileno())
            arguments = [BUILD + "/cmc-wizard", "--answers", answers, "--state-dir", self.state, "--json-fd", number]
            arguments += (["--resume", session] if session else [])
            env = environment(self.folder, CUT_ROOT=os.path.realpath(self.folder), CUT_LOG=self.log, CUT_EVENTS=number, CUT_AT=at or "", **more)
            done = subprocess.run(arguments, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  pass_fds=(events.fileno(),), timeout=300)
        self.said = done.stdout.decode("utf-8", "replace")
        return done.returncode

    def valid(self):
        for name in glob.glob(self.state + "/*/session.json"):
            try:
                SCHEMA.validate(json.load(open(name)))
            except (ValueError, jsonschema.ValidationError) as e:
                raise Failed("session.json: %s" % str(e).split("\n")[0])
        check(not glob.glob(self.state + "/*/session.json.damaged*"), "a session.json was set aside")

    def submissions(self):
        return self.desk.requests() - self.requests

    def finish(self):
        """Resumes until it is done; says yes to a second submission only when asked."""
        for _ in range(4):
            self.valid()
            self.desk.quiet()
            before = self.desk.issued() - self.issued
            code = self.wizard()
            if code == 0:
                break
            check(code == 6 and "[resend-ask]" in self.said, "resuming ends with %d: %s" % (code, self.said))
            check(before == 0, "asks, although the CA has issued")
            check(self.submissions() <= 1 + self.asked, "sent again before it asked")
            self.asked += 1
            self.resend = True
        self.check_end(code)

    def check_end(self, code):
        self.valid()
        check(code == 0, "does not come to its end: %d %s" % (code, self.said))
        check("\nproof: ok\n" in self.said, "no proof: " + self.said)
        n = self.desk.issued() - self.issued
        check(n == 1, "%d certificates" % n)
        check(self.submissions() <= 1 + self.asked, "%d requests after %d questions" % (self.submissions(), self.asked))
        self.check_keys((2 if "+new" in self.scenario else 1) + self.replaced)

    def check_keys(self, new):
        for kind, name in ((PRIVATE, "private"), (PUBLIC, "public")):
            n = objects(self.db, kind) - self.before[kind]
            check(n == new, "%d %s keys" % (n, name))

    def delete(self):
        """Whoever puts the enrollment away is rid of keys that it replaced: only the one with the certificate stays."""
        run(BUILD + "/cmc-wizard", "--delete", self.session(), "--state-dir", self.state, "--answers", self.folder + ".answers", env=self.desk.env)
        self.replaced = 0
        self.check_keys(1)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in glob.glob(self.folder + ".*"):
            os.unlink(name)


# ---- files: which calls are interrupted, and how ----

HOWS = {
    "started": ["before", "after"], "done": ["before", "after"],
    "create": ["before", "after", "full"], "mkdir": ["before", "after", "full"],
    "write": ["before", "inside", "after", "short", "eio", "full"],
    "rename": ["before", "after", "eio"], "unlink": ["before", "after", "eio"], "truncate": ["before", "after", "eio"],
    "sync": ["before", "after", "eio"],
    "connect": ["before", "after", "refuse"], "send": ["before", "inside", "after"], "recv": ["after", "eio"],
}


def calls_of(log):
    with open(log) as lines:
        for line in lines:
            part = line.rstrip("\n").split("\t")
            yield Call(part[0], part[1], part[2], int(part[3]))


def recorded(desk, scenario):
    """The calls of one undisturbed enrollment, in order."""
    case = Case(desk, scenario)
    code = case.wizard()
    case.check_end(code)
    calls = list(calls_of(case.log))
    case.remove()
    return calls


def chosen(calls):
    """Of the calls of one kind on one file in one step: all up to three, else the first, a middle one and the last. Pages of a database
    are written by the dozen, and what a kill between two of them leaves is the same journal."""
    kinds = collections.defaultdict(list)
    for call in calls:
        kinds[(call.step, call.op, call.path)].append(call)
    for kind, same in kinds.items():
        # How an answer is cut into pieces is chance: only its first piece is sure to come.
        yield from same[:1] if kind[1] == "recv" else dict.fromkeys((same[0], same[len(same) // 2], same[-1]))


class Cut(collections.namedtuple("Cut", "scenario call how")):
    """The wizard is interrupted at one call."""

    def run(self, desk):
        case = Case(desk, self.scenario)
        try:
            code = case.wizard("\t".join(map(str, self.call)) + "\t" + self.how)
            hit = open(case.log).read().count("\thit\n")
            check(hit == 1, "was not interrupted: exit code %d, %d hits" % (code, hit))
            if self.how in ("before", "after", "inside"):
                check(code == -9, "was not killed: %d" % code)
            elif self.how == "short":
                check(code == 0, "a short write is no error, and yet: %d %s" % (code, case.said))
            else:
                check(code >= 0, "ended by a signal: %d" % code)
                check(code == 0 or re.search(r"\[[a-z0-9-]+\]$", case.said, re.M), "no error id: %s" % case.said)
            if code == 0:
                case.check_end(code)
            else:
                case.finish()
            return case.asked
        finally:
            case.remove()


def usual(rows):
    """What make check runs: every step and every exchange with the CA of every scenario; each way to interrupt each operation on each
    file, where it comes first, and where it comes first in the two trips; and half a session.json, and a full disk, in each step."""
    seen = set()
    for row in rows:
        call = row.call
        of_file = (row.scenario if row.scenario == "encryption" else "", call.op, call.path, row.how)
        first = of_file not in seen
        seen.add(of_file)
        of_step = (row.scenario, call.step, call.op, call.path, row.how)
        saving = call.op == "write" and "/session.json" in call.path and row.how in ("inside", "full") and of_step not in seen
        seen.add(of_step)
        if first or saving or not call.path:
            yield row


def cuts(desk, scenarios):
    for scenario in scenarios:
        for call in chosen(recorded(desk, scenario)):
            for how in HOWS[call.op]:
                yield Cut(scenario, call, how)


# ---- the network: submissions are broken off ----

TRIPS = {"encryption": 2, "agent-signed": 1}


class Net(collections.namedtuple("Net", "scenario trip point how")):
    """One submission is broken off at one point; what the CA knows decides whether a person is asked."""

    def run(self, desk):
        line = desk.proxy(self.scenario)
        at = proxy.POINTS.index(self.point)
        connection = carrier(desk, self.scenario, self.trip) if at < proxy.SENT else 0
        line.plan()
        case = Case(desk, self.scenario, line.port)
        try:
            line.plan(self.trip, self.point, self.how, connection)
            code = case.wizard()
            check(line.hit, "was not interrupted: exit code %d" % code)
            check(code in (0, 1, 3, 6, 7), "exit code %d: %s" % (code, case.said))
            check(code == 0 or re.search(r"\[[a-z0-9-]+\]$", case.said, re.M), "no error id: %s" % case.said)
            posts = line.posts
            line.plan()
            if code == 0:
                case.check_end(code)
            else:
                case.finish()
            posts += line.posts
            check(posts <= TRIPS[self.scenario] + case.asked, "%d submissions after %d questions" % (posts, case.asked))
            last = self.trip == TRIPS[self.scenario]
            must_ask = proxy.SENT <= at < proxy.PROCESSED or (not last and proxy.SENT <= at < len(proxy.POINTS) - 1)
            may_ask = must_ask or (not last and at >= proxy.SENT)
            check(case.asked == 1 if must_ask else may_ask or case.asked == 0, "asked %d times" % case.asked)
            return case.asked
        finally:
            line.plan()
            case.remove()


def carrier(desk, scenario, trip):
    """The number of the connection that carries a submission, from an undisturbed enrollment."""
    known = desk.carriers.get(scenario)
    if not known:
        line = desk.proxy(scenario)
        line.plan()
        case = Case(desk, scenario, line.port)
        case.check_end(case.wizard())
        known = desk.carriers[scenario] = line.carriers
        case.remove()
    return known[trip - 1]


class NoSearch(collections.namedtuple("NoSearch", "scenario trip point how")):
    """The same with a CA that cannot be searched: it says so, and names whom to ask."""

    def run(self, desk):
        line = desk.proxy(self.scenario)
        case = Case(desk, self.scenario, line.port)
        try:
            line.plan(self.trip, self.point, self.how)
            case.wizard()
            line.plan(searchable=False)
            for _ in range(2):
                code = case.wizard()
                check(code == 6 and "[resend-ask]" in case.said, "exit code %d: %s" % (code, case.said))
                check("could not be searched" in case.said and "Ask the CA agent" in case.said, case.said)
                check(line.posts == 0, "sent again without a question")
            line.plan()
            case.finish()
            check(case.asked == 0 if self.trip == TRIPS[self.scenario] else case.asked == 1, "asked %d times" % case.asked)
            return case.asked
        finally:
            line.plan()
            case.remove()


class Later(collections.namedtuple("Later", "scenario call how")):
    """The answer to the first trip is there but was not looked at; days later, and after a restart of the CA, it goes on."""

    def run(self, desk):
        faketime = next(iter(glob.glob("/usr/lib*/*/faketime/libfaketimeMT.so.1") + glob.glob("/usr/lib*/faketime/libfaketimeMT.so.1")), None)
        case = Case(desk, self.scenario)
        days = {"LD_PRELOAD": CUT + ":" + faketime, "FAKETIME": "+4d"} if faketime else {}
        try:
            check(case.wizard("\t".join(map(str, self.call)) + "\t" + self.how) == -9, "was not killed")
            case.valid()
            desk.restart(days)
            code = case.wizard(**days)
            case.check_end(code)
            if not faketime:
                raise Skipped("libfaketime is not installed: it went on at once, not days later")
            return 0
        finally:
            desk.restart({})
            case.remove()


class Changed(collections.namedtuple("Changed", "scenario call how first then")):
    """It is killed with a submission that has no answer here, and goes on with another answer: what became of it is looked up first, and
    nothing is sent twice without a question, not with another key either."""

    def run(self, desk):
        case = Case(desk, self.scenario)
        try:
            case.answers += self.first + "\n"
            check(case.wizard("\t".join(map(str, self.call)) + "\t" + self.how) == -9, "was not killed")
            desk.quiet()
            issued = desk.issued() - case.issued
            check(issued == (self.call.op == "rename"), "%d certificates when it was killed" % issued)
            case.answers += self.then + "\n"
            case.replaced = 1 if self.then.startswith("key.") and not issued else 0
            case.finish()
            check(case.asked == 1 - issued, "asked %d times" % case.asked)
            if case.replaced:
                case.delete()
            return case.asked
        finally:
            case.remove()


class Two(collections.namedtuple("Two", "scenario trip point how")):
    """A second wizard on the same enrollment, while the first waits for the CA."""

    def run(self, desk):
        line = desk.proxy(self.scenario)
        case = Case(desk, self.scenario, line.port)
        result = []
        try:
            line.plan(self.trip, "hold", self.how)
            first = threading.Thread(target=lambda: result.append((case.wizard(), case.said)))
            first.start()
            check(line.held.wait(60), "nothing was sent")
            code = case.wizard()
            said = case.said
            line.go_on.set()
            first.join()
            check(code != 0 and "[file-locked]" in said, "the second one: %d %s" % (code, said))
            code, case.said = result[0]
            case.check_end(code)
            check(line.posts == TRIPS[self.scenario], "%d submissions" % line.posts)
            return 0
        finally:
            line.go_on.set()
            line.plan()
            case.remove()


def nets(scenarios):
    for scenario in scenarios:
        for trip in range(1, TRIPS.get(scenario, 0) + 1):
            for point in proxy.POINTS:
                for kind in proxy.KINDS:
                    if kind != "bye" or point not in ("accept", "hello"):
                        yield Net(scenario, trip, point, kind)
            yield NoSearch(scenario, trip, "processed", "reset")
            yield Two(scenario, trip, "hold", "")


# ---- running it ----

def work(desk, todo, failures, asked, skipped):
    while True:
        try:
            row = todo.get_nowait()
        except queue.Empty:
            return
        if todo.qsize() % 100 == 0:
            print("%d rows to go" % todo.qsize(), flush=True)
        try:
            asked.append(row.run(desk))
        except Skipped as e:
            skipped.append(row)
            print("SKIPPED: %s: %s" % (words(row), e), flush=True)
        except Exception as e:  # whatever it is: the rows after it must run too
            failures.append((row, e))
            print("FAILED: %s: %s: %s" % (words(row), type(e).__name__, str(e).strip()), flush=True)


def words(row):
    return " ".join("%s %s %s %d" % part if isinstance(part, Call) else str(part) for part in (type(row).__name__,) + row)


def judged(folder):
    """Every message that reached a CA, and every answer that it gave, by the judge that shares no code with us: 0, 1, or 77 where it is
    not installed."""
    files = [f for f in (glob.glob(desk + "/messages/*") for desk in glob.glob(folder + "/desk*")) if f]
    judge = next((p for p in ("python3", "/usr/bin/python3") if subprocess.run([p, "-c", "import pyasn1_modules.rfc6402"],
                                                                              stderr=subprocess.DEVNULL).returncode == 0), None)
    if not judge:
        print("python3-pyasn1-modules is not installed: %d messages and answers were not judged" % sum(map(len, files)))
        return 77
    judges = [subprocess.Popen([judge, "-B", SOURCE + "/tests/harness/judge.py", "--quiet"] + f) for f in files]  # one for each desk
    good = bool(judges) and not any([j.wait() for j in judges])
    print("the judge accepts all %d messages and answers" % sum(map(len, files)) if good else "FAILED: the judge")
    return 0 if good else 1


def main():
    folder = os.path.realpath(tempfile.mkdtemp(prefix="cmcw-cut-"))
    wanted = sys.argv[1:] or list(SCENARIOS)
    only = os.environ.get("CUT_ONLY")  # to look at a few: text that the row's words must hold
    desks = [Desk("%s/desk%d" % (folder, i)) for i in range(2)]
    try:
        for desk in desks:  # in this thread: a practice CA ends with the thread that started it
            desk.prepare()
        rows = list(cuts(desks[0], wanted) if FULL else usual(cuts(desks[0], wanted))) + list(nets(wanted))
        if "encryption" in wanted:
            rows.append(Later("encryption", Call("submit", "done", "", 1), "after"))
            unread, unsent = Call("submit-2", "rename", "/s/*/response-2.cmc", 1), Call("submit-2", "send", "", 1)
            rows += [Changed("encryption", call, "before", *answers) for call, *answers in (
                (unread, "", "tools.passwords = true"), (unread, "", "key.size = 3072"), (unsent, "", "tools.passwords = true"),
                (unsent, "", "key.size = 3072"),
                (unread, "subject = uid=another,dc=example,dc=com", ""))]
        if "shared-secret" in wanted:  # the directory's name is issued: the one that was typed is not searched for
            rows.append(Changed("shared-secret", Call("submit", "rename", "/s/*/response.cmc", 1), "before",
                                "subject = uid=typed,dc=example,dc=com", ""))
        if only:
            rows = [row for row in rows if only in words(row)]
        if os.environ.get("CUT_LIST"):
            for row in rows:
                print(words(row))
        todo = queue.Queue()
        for row in rows:
            todo.put(row)
        failures, asked, skipped = [], [], []
        threads = [threading.Thread(target=work, args=(desk, todo, failures, asked, skipped)) for desk in desks]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for scenario in wanted:
            own = collections.Counter("%s %s" % (type(row).__name__.lower(), row.how) for row in rows if row.scenario == scenario)
            print("%s: %d (%s)" % (scenario, sum(own.values()), ", ".join("%s %d" % pair for pair in sorted(own.items()))))
        print("%d interruptions, %d questions before a second submission, %d skipped, %d failures"
              % (len(rows), sum(asked), len(skipped), len(failures)))
        ran = len(asked) + len(failures) + len(skipped)
        if ran != len(rows):
            print("FAILED: only %d of %d interruptions ran" % (ran, len(rows)))
        return 1 if failures or not rows or ran != len(rows) else judged(folder)
    finally:
        for desk in desks:
            if desk.process:
                desk.stop()
        if not os.environ.get("CUT_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
