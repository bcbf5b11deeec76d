#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speed and memory, as ratios in one run. Nothing is asserted: the machine may be busy. Standard library only.
usage: bench.py [request|many|ca|batch|wizard|list]...   Environment: top_srcdir, top_builddir. Recorded figures of Dogtag's Java tools and server
on a machine like this are in RECORDED."""
import fcntl, http.client, json, os, pty, re, select, shutil, signal, sqlite3, ssl, statistics, struct, subprocess, sys, tempfile, termios, time

RECORDED = {"java_cpu_s": 0.38, "java_rss_mib": 65.0, "dogtag_per_s": 11.6, "whiptail_ms": 4.1, "nmtui_ms": 10.7, "cdebconf_ms": 10.0}
BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
T = tempfile.mkdtemp(prefix="cmcw-bench-")
ENV = dict(os.environ, HOME=T + "/home", LC_ALL="C.UTF-8", TERM="xterm-256color")
for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "NO_COLOR", "LINES", "COLUMNS"):
    ENV.pop(name, None)


def run(*argv, **more):
    return subprocess.run([str(a) for a in argv], env=ENV, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more).stdout


def say(name, value, note=""):
    print("%-44s %14s   %s" % (name, value, note), flush=True)


def cost(argv, times, cwd=None):
    """Median CPU seconds and peak MiB of whole processes."""
    cpu, rss = [], []
    for _ in range(times):
        pid = os.fork()
        if pid == 0:
            null = os.open("/dev/null", os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            if cwd:
                os.chdir(cwd)
            os.execve(argv[0], argv, ENV)
        _, status, used = os.wait4(pid, 0)
        if status:
            raise SystemExit("%s failed: %d" % (argv, status))
        cpu.append(used.ru_utime + used.ru_stime)
        rss.append(used.ru_maxrss / 1024)
    return statistics.median(cpu), statistics.median(rss)


class Served:
    """A practice CA that runs."""
    def __init__(self, folder, *options):
        self.ca = folder
        run(BUILD + "/cmc-practice-ca", "init", *options, self.ca)
        self.server = subprocess.Popen([BUILD + "/cmc-practice-ca", "serve", self.ca, "--port=0", "--ready-file", folder + ".ready"], env=ENV,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.exists(folder + ".ready"):
            time.sleep(0.05)
        self.port = int(re.search(r'"port":\s*(\d+)', open(self.ca + "/ca-description.json").read()).group(1))

    def close(self):
        self.server.terminate()
        self.server.wait()


class Practice(Served):
    """With a database for its agent, and a CSR."""
    def __init__(self):
        self.db, self.pw = T + "/db", T + "/pw"
        os.makedirs(ENV["HOME"])
        os.makedirs(self.db)
        open(self.pw, "w").write("Secret.123\n")
        super().__init__(T + "/ca")
        self.p12pw = open(self.ca + "/agent.password").read().strip()
        run("certutil", "-N", "-d", "sql:" + self.db, "-f", self.pw)
        run("pk12util", "-i", self.ca + "/agent.p12", "-d", "sql:" + self.db, "-k", self.pw, "-w", self.ca + "/agent.password")
        self.nick = re.search(r"^(.*?)\s+u,u,u\s*$", run("certutil", "-L", "-d", "sql:" + self.db), re.M).group(1)
        self.csr = T + "/new.csr"
        run(BUILD + "/cmc", "pkcs10", "-d", self.db, "--password-file", self.pw, "-n", "uid=bench,ou=people,dc=example,dc=com", "-o", self.csr)


def bench_request(p):
    cfg = T + "/cmc-request.cfg"
    open(cfg, "w").write("numRequests=1\nformat=pkcs10\ninput=%s\noutput=%s\ndbdir=%s\ntokenname=internal\nnickname=%s\n" % (
        p.csr, T + "/out.cmc", p.db, p.nick))
    ours = cost([BUILD + "/cmc", "request", "--password-file", p.pw, cfg], 15)
    bare = cost([BUILD + "/tests/bench/bench_sign", "sql:" + p.db, p.pw, p.nick, "1"], 15)
    say("cmc request, whole process: CPU", "%.1f ms" % (ours[0] * 1e3), "bare NSS init, login, one signature: %.1f ms" % (bare[0] * 1e3))
    say("  against bare NSS", "%.2f x" % (ours[0] / bare[0]), "aim <= 1.2")
    say("  against the recorded Java tool", "%.3f x" % (ours[0] / RECORDED["java_cpu_s"]), "aim <= 0.1")
    say("  peak memory", "%.1f MiB" % ours[1], "%.2f x Java (aim <= 0.25), %.2f x bare NSS" % (ours[1] / RECORDED["java_rss_mib"], ours[1] / bare[1]))


def bench_many(p):
    rates = []
    for _ in range(3):
        alone = float(run(BUILD + "/tests/bench/bench_sign", "sql:" + p.db, p.pw, p.nick, 2000))
        many = run(BUILD + "/tests/bench/bench_requests", p.db, p.pw, p.nick, p.csr, 2000).split()
        rates.append((float(many[0]) / alone, float(many[0]), alone))
    ratio, ours, alone = sorted(rates)[1]
    say("requests built and signed, per CPU second", "%.0f" % ours, "NSS signatures alone: %.0f" % alone)
    say("  against NSS alone", "%.2f x" % ratio, "aim >= 0.9")
    rate, early, late = run(BUILD + "/tests/bench/bench_requests", p.db, p.pw, p.nick, p.csr, 10000).split()
    say("  memory after 10 and after 10,000", "%s, %s KiB" % (early, late), "grown by %d KiB" % (int(late) - int(early)))


def bench_ca(p):
    n = 200
    os.makedirs(T + "/many")
    run(BUILD + "/tests/bench/bench_requests", p.db, p.pw, p.nick, p.csr, n, T + "/many")
    for part in ("-clcerts", "-nokeys"), ("-nocerts", "-nodes"):
        run("openssl", "pkcs12", "-in", p.ca + "/agent.p12", "-passin", "file:" + p.ca + "/agent.password", *part, "-out", T + "/agent.pem" + part[1])
    context = ssl.create_default_context(cafile=p.ca + "/chain.pem")
    context.load_cert_chain(T + "/agent.pem-nokeys", T + "/agent.pem-nodes")
    line = http.client.HTTPSConnection("localhost", p.port, context=context, timeout=60)
    took, good = [], 0
    begin = time.perf_counter()
    for i in range(n):
        start = time.perf_counter()
        line.request("POST", "/ca/ee/ca/profileSubmitCMCFull?profileId=caFullCMCUserCert", open("%s/many/%d.cmc" % (T, i), "rb").read(),
                     {"Content-Type": "application/pkcs7-mime"})
        answer = line.getresponse()
        body = answer.read()
        good += answer.status == 200 and len(body) > 1500
        took.append(time.perf_counter() - start)
    rate = n / (time.perf_counter() - begin)
    say("practice CA, enrollments per second", "%.0f" % rate, "one kept-alive connection, %d of %d issued" % (good, n))
    say("  against a real CA", "%.1f x" % (rate / RECORDED["dogtag_per_s"]), "aim >= 10; median %.1f ms" % (statistics.median(took) * 1e3))


def bench_batch(p):
    """1,000 requests over four connections; the difference of two runs leaves out what each process does once. Short
    keys in the requests: they are quickly made, and the agent's signature is what is compared. Once with the agent's RSA-2048
    key, once with a P-256 key, whose figure is only printed: such a signature costs so little that all else counts more."""
    few, all_of_them = 100, 1000
    os.makedirs(T + "/few")
    os.makedirs(T + "/csrs")
    for i in range(few + all_of_them):
        run("openssl", "req", "-new", "-nodes", "-newkey", "rsa:1024", "-keyout", T + "/any.key", "-subj",
            "/O=bench/UID=u%d" % i, "-out", "%s/%s/%04d.csr" % (T, "few" if i < few else "csrs", i))
    batch_of(p.db, p.pw, p.nick, p, few, all_of_them, "RSA-2048", "aim <= 1.2")
    batch_of(p.db, p.pw, ec_agent(p), p, few, all_of_them, "P-256", "printed only")


def ec_agent(p):
    """The nickname of an agent with a P-256 key: the agent there is enrolls it, and the practice CA's records get it as another."""
    os.makedirs(T + "/ec")
    run(BUILD + "/cmc", "pkcs10", "-d", p.db, "--password-file", p.pw, "-a", "ec", "-c", "nistp256", "-n", "CN=P-256 agent,O=bench", "-o", T + "/ec/agent.csr")
    run(BUILD + "/cmc-net", "batch", "-d", p.db, "--password-file", p.pw, "-n", p.nick, "--host", "localhost", "--port", str(p.port), "--chain",
        p.ca + "/chain.pem", "--profile", "caECFullCMCUserCert", "-o", T + "/ec/out", T + "/ec")
    run("certutil", "-A", "-d", "sql:" + p.db, "-f", p.pw, "-n", "ec agent", "-t", ",,", "-a", "-i", T + "/ec/out/agent.pem")
    der = ssl.PEM_cert_to_DER_cert(open(T + "/ec/out/agent.pem").read())
    records = sqlite3.connect(p.ca + "/state.db", timeout=30)
    with records:
        records.execute("INSERT INTO agents (cert, uid) VALUES (?, 'ecagent')", (der,))
    records.close()
    return "ec agent"


def batch_of(db, pw, nick, server, few, all_of_them, kind, aim):
    argv = [BUILD + "/cmc-net", "batch", "-d", db, "--password-file", pw, "-n", nick, "--host", "localhost", "--port", str(server.port), "--json",
            "--chain", server.ca + "/chain.pem", "--profile", "caFullCMCUserCert", "-o"]
    small = cost(argv + [T + "/out1" + kind, T + "/few"], 1)
    begin = time.perf_counter()
    large = cost(argv + [T + "/out2" + kind, T + "/csrs"], 1)
    took = time.perf_counter() - begin
    each = (large[0] - small[0]) / (all_of_them - few)
    sign = 1 / float(run(BUILD + "/tests/bench/bench_sign", "sql:" + db, pw, nick, 2000))
    say("cmc batch, client CPU per request (%s)" % kind, "%.2f ms" % (each * 1e3), "a signature of the agent: %.2f ms" % (sign * 1e3))
    say("  against the signature", "%.2f x" % (each / sign), "%s; %.0f requests per second" % (aim, all_of_them / took))
    say("  peak memory, 100 and 1,000", "%.1f, %.1f MiB" % (small[1], large[1]), "%.2f x" % (large[1] / small[1]))


class Terminal:
    def __init__(self, argv, rows=24, cols=80):
        self.start = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(argv[0], argv, ENV)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def read(self, until=None, quiet=0.15, limit=5.0):
        """Octets until the text came (then until nothing more comes), and when the text came."""
        got, came, end = b"", None, time.perf_counter() + limit
        while time.perf_counter() < end:
            ready, _, _ = select.select([self.fd], [], [], quiet if came or until is None else 0.5)
            if not ready:
                if came or until is None:
                    break
                continue
            try:
                got += os.read(self.fd, 65536)
            except OSError:
                break
            if until and came is None and until in got:
                came = time.perf_counter() - self.start
        return got, came

    def key(self, keys, quiet=0.15):
        os.write(self.fd, keys)
        return len(self.read(quiet=quiet)[0])

    def timed(self, keys, quiet=0.15):
        """Milliseconds to the first and to the last octet of the answer, and octets; None when there is none."""
        begin = time.perf_counter()
        os.write(self.fd, keys)
        first, last, size = None, None, 0
        while select.select([self.fd], [], [], quiet if size else 2.0)[0]:
            try:
                size += len(os.read(self.fd, 65536))
            except OSError:  # it has ended
                size = size or 1
                last = (time.perf_counter() - begin) * 1e3
                first = first or last
                break
            last = (time.perf_counter() - begin) * 1e3
            first = first or last
        return first, last, size

    def letters(self, n):
        """CPU milliseconds of a letter and of taking it back, without pauses in which others empty the caches."""
        before = self.cpu_ms()
        for i in range(n):
            os.write(self.fd, b"x" if i % 2 == 0 else b"\x7f")
            if select.select([self.fd], [], [], 1.0)[0]:
                os.read(self.fd, 65536)
        return (self.cpu_ms() - before) / n

    def cpu_ms(self):
        try:
            return int(open("/proc/%d/schedstat" % self.pid).read().split()[0]) / 1e6
        except OSError:  # it has ended
            return 0.0

    def resize(self, rows, cols):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def close(self):
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self.read()
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def first_page(argv, text, times=15):
    """Milliseconds, octets, and CPU milliseconds until it stands there; medians."""
    seen = [page for page in (one_page(argv, text) for _ in range(times)) if page]
    return [statistics.median(part) for part in zip(*seen)] if seen else None


def one_page(argv, text):
    t = Terminal(argv)
    got, came = t.read(text)
    cpu = t.cpu_ms()
    t.close()
    return None if came is None else (came * 1e3, len(got), cpu)


def above_bare(wizard, times=40):
    """The first page above a bare exec: both in turns, since the machine has other things to do. Medians of the differences of
    neighbours, and the difference of the quickest of each, which is what the program itself takes."""
    bare, ours = [], []
    for _ in range(times):
        bare.append(one_page(["/bin/echo", "Helpdesk"], b"Helpdesk"))
        ours.append(one_page([wizard], b"Helpdesk"))
    both = [(b, o) for b, o in zip(bare, ours) if b and o]
    return (statistics.median(o[0] - b[0] for b, o in both), min(o[0] for _, o in both) - min(b[0] for b, _ in both),
            statistics.median(o[2] - b[2] for b, o in both))


# To add a neighbour: a row; the text is the last one of its first page.
NEIGHBOURS = (
    ("whiptail", ["--menu", "What would you like to do?", "20", "70", "4", "a", "one", "b", "Helpdesk"], b"Helpdesk"),
    ("dialog", ["--menu", "What would you like to do?", "20", "70", "4", "a", "one", "b", "Helpdesk"], b"Helpdesk"),
    ("nmtui", [], b"OK"),
)


# cdebconf reads one file and writes below /var: it gets others, in a mount namespace of its own.
CDEBCONF = "/usr/lib/cdebconf"
CDEBCONF_CONF = """global { module_path { frontend "%(lib)s/frontend"; database "%(lib)s/db"; };
  default { frontend "f"; template "t"; config "c"; }; };
frontend { instance "f" { driver "newt"; }; };
template { instance "t" { driver "rfc822db"; path "%(dir)s/templates"; }; };
config { instance "c" { driver "rfc822db"; path "%(dir)s/questions"; }; };
"""
CDEBCONF_TEMPLATE = """Template: bench/what
Type: select
Choices: one, Helpdesk
Description: What would you like to do?
"""
CDEBCONF_SCRIPT = """#!/bin/sh
for line in "X_LOADTEMPLATEFILE %(dir)s/template" "INPUT high bench/what" GO; do
    echo "$line"
    read -r said
done
"""


def bench_cdebconf(ms, size):
    """Medians, the making of that namespace included; what it takes by itself is said."""
    title = "  cdebconf here"
    if not (os.access(CDEBCONF + "/debconf", os.X_OK) and os.path.exists("/etc/cdebconf.conf") and shutil.which("unshare")):
        say(title, "-", "not installed; recorded %.1f ms" % RECORDED["cdebconf_ms"])
        return
    with tempfile.TemporaryDirectory() as folder:
        names = {"lib": CDEBCONF, "dir": folder}
        for name, text in (("conf", CDEBCONF_CONF % names), ("template", CDEBCONF_TEMPLATE), ("script", CDEBCONF_SCRIPT % names),
                           ("templates", ""), ("questions", "")):
            with open(folder + "/" + name, "w") as file:
                file.write(text)
        os.chmod(folder + "/script", 0o755)
        inside = ["unshare", "--map-root-user", "--mount", "env", "-u", "DEBIAN_FRONTEND", "sh", "-c",
                  'mount --bind "$0" /etc/cdebconf.conf && exec "$@"', folder + "/conf"]
        bare, page = (first_page(inside + argv, b"Helpdesk")
                      for argv in (["/bin/echo", "Helpdesk"], [CDEBCONF + "/debconf", "-fnewt", folder + "/script"]))
    if bare and page:
        say(title, "%.1f ms, %d octets" % tuple(page[:2]), "%s; octets %.2f x; the namespace with an echo in it takes %.1f ms; recorded %.1f ms" %
            (ratio(ms, page[0]), size / page[1], bare[0], RECORDED["cdebconf_ms"]))
    else:
        say(title, "-", "shows no page, or nobody may make a mount namespace here; recorded %.1f ms" % RECORDED["cdebconf_ms"])


def ratio(ours, theirs):
    return "ours is %.2f x" % (ours / theirs) if theirs else ""


def bench_neighbours(ms, size, esc):
    """The same measure of whatever neighbour is on the machine, in the same run."""
    for name, arguments, text in NEIGHBOURS:
        path = shutil.which(name)
        page = first_page([path] + arguments, text) if path else None
        if not page:
            say("  %s here" % name, "-", "shows no page" if path else "not installed")
            continue
        other, octets, _ = page
        t = Terminal([path] + arguments)
        t.read(text)
        leave = t.timed(b"\x1b")[0]
        t.close()
        say("  %s here" % name, "%.1f ms, %d octets" % (other, octets), "%s; octets %.2f x" % (ratio(ms, other), size / octets))
        if leave:
            say("    its Esc", "%.1f ms" % leave, ratio(esc, leave))
    bench_cdebconf(ms, size)


def bench_keys(wizard, ms, size):
    """Esc, CPU of a letter, a page change in time, resize, and what HUP leaves behind."""
    t = Terminal([wizard])
    t.read(b"Helpdesk")
    t.key(b"\r", 0.6)
    esc = []
    for _ in range(9):
        esc.append(t.timed(b"\x1b", 0.3)[0])
        t.timed(b"\r", 0.3)
    turn = [t.timed(k, 0.3)[1] for k in (b"\x1b", b"\r") * 5]
    say("  Esc, to the first octet", "%.1f ms" % statistics.median(esc), "aim <= 25 and a page; worst %.1f" % max(esc))
    say("  a page change, to the last octet", "%.2f ms" % statistics.median(turn[1::2]),
        "of a page that is loaded, by Enter; aim <= 0.5; quickest %.2f" % min(turn[1::2]))
    t.key(b"\r", 0.6)
    t.key(b"\t", 0.3)
    say("  CPU of a letter", "%.3f ms" % t.letters(200), "aim <= 0.05; each typed when the one before is shown")
    t.resize(30, 100)
    grown = t.timed(b"", 0.3)
    t.resize(24, 80)
    shrunk = t.timed(b"", 0.3)
    say("  resize to 100x30 and back", "%.1f, %.1f ms" % (grown[1] or 0, shrunk[1] or 0), "%d, %d octets" % (grown[2], shrunk[2]))
    os.kill(t.pid, signal.SIGHUP)
    left = t.read(limit=3.0)[0]
    say("  HUP", "restores" if b"\x1b[?1049l" in left else "does NOT restore", "the terminal")
    os.waitpid(t.pid, 0)
    os.close(t.fd)
    return statistics.median(esc)


def bench_wizard(p):
    wizard = BUILD + "/cmc-wizard"
    ms, size, cpu = first_page([wizard], b"Helpdesk")
    above, least, work = above_bare(wizard)
    say("wizard, first page", "%.1f ms" % ms, "aim <= 10; recorded: whiptail %.1f, nmtui %.1f; CPU %.1f ms" % (RECORDED["whiptail_ms"], RECORDED["nmtui_ms"], cpu))
    say("  above a bare exec", "%.1f ms" % above, "aim <= 2; quickest of each %.1f, CPU %.1f ms" % (least, work))
    say("  octets", "%d" % size, "aim <= 1536")
    bench_neighbours(ms, size, bench_keys(wizard, ms, size))
    t = Terminal([wizard])
    t.read(b"Helpdesk")
    pages = [t.key(b"\r", 0.6)]   # who vouches
    if t.key(b"\r", 0.6):         # the purpose page; NSS is loaded by now
        pages.append(t.key(b"\r", 0.6))
        letters = [t.key(c) for c in (b"p", b"k", b"i", b".", b"e", b"x")]
        fields = [t.key(b"\t") for _ in range(2)]
        pages.append(t.key(b"\x1b", 0.6))
        pages.append(t.key(b"\r", 0.6))
        say("  a typed letter", "%d octets" % statistics.median(letters), "aim <= 16")
        say("  the next field", "%d octets" % statistics.median(fields), "aim <= 43")
    say("  a page change", "%d octets" % statistics.median(pages), "aim <= 820; worst %d" % max(pages))
    t.close()


def bench_list(p, n=1000):
    """Saved enrollments: from the key to the last octet of their page, and the command."""
    base = ENV["HOME"] + "/.local/state/cmc-wizard/sessions/"
    shutil.rmtree(base, ignore_errors=True)  # the wizard's own, of before
    for i in range(n):
        name = "202611%02d-%06d-t%03d" % (1 + i % 28, i, i % 1000)
        os.makedirs(base + name, 0o700)
        json.dump({"version": 1, "id": name, "created": "2026-11-01T00:00:00Z", "updated": "2026-11-%02dT00:00:00Z" % (1 + i % 28),
                   "scenario": "agent-signed", "state": ("editing", "waiting", "done", "failed")[i % 4],
                   "answers": {"scenario": "agent-signed", "subject": "uid=user%d,dc=example,dc=com" % i}, "steps": {}, "facts": {}},
                  open(base + name + "/session.json", "w"))
    cpu, _ = cost([BUILD + "/cmc-wizard", "--list"], 5)
    took = []
    for _ in range(5):
        t = Terminal([BUILD + "/cmc-wizard"])
        t.read(b"Helpdesk")
        os.write(t.fd, b"\x1bOB")
        t.read()
        t.start = time.perf_counter()
        os.write(t.fd, b"\r")
        _, came = t.read(b"of %d" % n)
        took.append(came if came else 99)
        t.close()
    say("list of %d saved enrollments" % n, "%.0f ms" % (statistics.median(took) * 1e3), "key to page, module loaded on the way")
    say("  cmc-wizard --list: CPU", "%.0f ms" % (cpu * 1e3))
    shutil.rmtree(base)


def main():
    wanted = sys.argv[1:] or ["request", "many", "ca", "batch", "wizard", "list"]
    p = Practice()
    try:
        for name in wanted:
            globals()["bench_" + name](p)
    finally:
        p.close()
        shutil.rmtree(T, ignore_errors=True)


main()
