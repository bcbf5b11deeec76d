# SPDX-License-Identifier: Apache-2.0
"""Deliberate differences that no recorded run shows: runs of ours, each with the class it belongs to and what must be true
afterwards. To add one: a row in RUNS."""
import base64
import http.server
import json
import os
import re
import shutil
import subprocess
import threading

import classes


class Run:
    def __init__(self, name, about, tool, args, faults, prepare=None):
        self.name, self.about, self.tool, self.args, self.faults = name, about, tool, args, faults
        self.prepare = prepare or (lambda work, vectors: None)


class Done:
    """One run; looks enough like a recorded case for the rules of classes.py."""

    def __init__(self, run, work, vectors, exit_code, stdout, stderr, before):
        self.tool, self.work, self.vectors, self.our_exit = run.tool, work, vectors, exit_code
        self.our_stdout, self.our_stderr = stdout, stderr
        self.made = sorted(set(os.listdir(work)) - before)

    def keys(self):
        done = subprocess.run(["certutil", "-K", "-d", "sql:nssdb", "-f", "pw"], cwd=self.work, capture_output=True, check=False)
        return len(re.findall(rb"[0-9a-f]{40}", done.stdout))

    def certs(self):
        return subprocess.run(["certutil", "-L", "-d", "sql:nssdb"], cwd=self.work, capture_output=True, check=False).stdout.decode()


def refused(exit_code, error, said=""):
    """Exit status, error id and words; no file made, and database as it was."""
    def faults(done, before):
        out = []
        if done.our_exit != exit_code:
            out.append("exit status %d, not %d" % (done.our_exit, exit_code))
        if not re.search(r"^%s: error: .* \[%s\]$" % (done.tool, error), done.our_stderr, re.M) or said not in done.our_stderr:
            out.append("said: " + done.our_stderr)
        if classes.before_explanation(done, classes.stderr_lines(done.our_stderr)) is None:
            out.append("no sound explanation")
        if done.made:
            out.append("made %s" % done.made)
        if (done.keys(), done.certs()) != before:
            out.append("the database is another one")
        return out
    return faults


def shown_unverified(done, _):
    with open(os.path.join(done.vectors, "resp-success-badsig", "stdout.txt"), encoding="utf-8") as f:
        recorded = f.read().replace("\r", "")
    return [] if done.our_exit == 0 and done.our_stdout == recorded else ["exit %d, or not what Dogtag's tool prints" % done.our_exit]


def ignored_word(done, _):
    said = classes.stderr_lines(done.our_stderr)
    right = said == ["CRMFPopClient: warning: ignored, because it belongs to no option: true"]
    return [] if done.our_exit == 0 and right and done.made == ["new.crmf", "new.crmf.keyId"] else [done.our_stderr]


def forged(work, vectors):
    """A certificate of the known CA with another signature."""
    with open(os.path.join(vectors, "_base", "user-usersign.pem"), encoding="ascii") as f:
        der = bytearray(base64.b64decode("".join(line for line in f.read().split("\n") if "-----" not in line)))
    der[-1] ^= 1
    with open(os.path.join(work, "forged.der"), "wb") as f:
        f.write(der)


def protection(work, vectors):
    shutil.copy(os.path.join(vectors, "_base", "kra-issuanceprot.pem"), os.path.join(work, "issuance.pem"))


def damaged(work, vectors):
    with open(os.path.join(vectors, "_base", "kra-transport.pem"), encoding="ascii") as f:
        text = f.read()
    with open(os.path.join(work, "transport.pem"), "w", encoding="ascii") as f:
        f.write(text[:200] + text[260:])


def bad_answer(work, vectors):
    shutil.copy(os.path.join(vectors, "resp-success-badsig", "in.cmc"), os.path.join(work, "in.cmc"))


def forged_bag(work, _):
    """What looks like the answer to a simple request: a certificate that its owner has signed."""
    run = lambda *args: subprocess.run(("openssl",) + args, cwd=work, capture_output=True, check=True)
    run("req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", "key.pem", "-subj", "/UID=admin", "-days", "30",
        "-out", "own.pem")
    run("crl2pkcs7", "-nocrl", "-certfile", "own.pem", "-outform", "DER", "-out", "in.cmc")
    os.remove(os.path.join(work, "key.pem"))


def empty_database(work, vectors):
    forged_bag(work, vectors)
    os.mkdir(os.path.join(work, "none"))
    subprocess.run(["certutil", "-N", "-d", "sql:none", "--empty-password"], cwd=work, capture_output=True, check=True)


def tlv(der, at):
    """Where the content of an element begins and ends."""
    n = der[at + 1]
    if n < 128:
        return at + 2, at + 2 + n
    start = at + 2 + (n & 127)
    return start, start + int.from_bytes(der[at + 2:start], "big")


def unsigned_answer(work, vectors):
    """A full answer whose signerInfos were cut out."""
    with open(os.path.join(vectors, "_responses", "success.cmc"), "rb") as f:
        der = f.read()
    outer = tlv(der, 0)
    explicit = tlv(der, tlv(der, outer[0])[1])
    at = tlv(der, explicit[0])[0]
    parts = []
    while at < explicit[1]:
        end = tlv(der, at)[1]
        parts.append(der[at:end])
        at = end
    wrap = lambda tag, content: bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content
    signed = wrap(0x30, b"".join(parts[:-1]) + b"\x31\x00")
    with open(os.path.join(work, "in.cmc"), "wb") as f:
        f.write(wrap(0x30, der[outer[0]:tlv(der, outer[0])[1]] + wrap(0xa0, signed)))


def warned(done, _):
    said = classes.stderr_lines(done.our_stderr)
    right = len(said) == 1 and bool(re.match("CMCResponse: warning: no trusted CA in the database .*/none: ", said[0]))
    return [] if done.our_exit == 0 and right else ["exit %d, said: %s" % (done.our_exit, done.our_stderr)]


def asked_server(work, _):
    """A CA that writes down one search, and finds nothing; its port goes into the arguments."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            with open(os.path.join(work, "asked"), "wb") as f:
                f.write(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"total":0,"entries":[]}')

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    with open(os.path.join(work, "port"), "w", encoding="ascii") as f:
        f.write(str(server.server_address[1]))
    threading.Thread(target=server.handle_request, daemon=True).start()


def type_asked_for(done, _):
    with open(os.path.join(done.work, "asked"), encoding="utf-8") as f:
        asked = json.load(f)
    right = asked.get("certTypeSSLClient") == "on" and asked.get("certTypeInUse") is True
    return [] if done.our_exit == 0 and right else ["exit %d, asked for %s" % (done.our_exit, asked)]


KEY = ["-d", "nssdb", "-p", "Secret.123", "-n", "CN=x", "-o", "new.crmf"]
RUNS = [
    Run("verifies-before-import", "a certificate that its CA has not signed is not stored", "pki",
        ["-d", "nssdb", "-C", "pw", "client-cert-import", "forged", "--cert", "forged.der"], refused(255, "nss-chain-signature"), forged),
    Run("verifies-before-import", "nor under PKICertImport", "PKICertImport",
        ["-d", "nssdb", "-f", "pw", "-n", "forged", "-t", ",,", "-u", "C", "-i", "forged.der"], refused(1, "nss-chain-signature"), forged),
    Run("no-post-quantum-keys", "CRMFPopClient -a mldsa", "CRMFPopClient", KEY + ["-a", "mldsa"], refused(1, "usage", "ML-DSA and ML-KEM")),
    Run("no-post-quantum-keys", "CRMFPopClient -a mlkem", "CRMFPopClient", KEY + ["-a", "mlkem"], refused(1, "usage", "ML-DSA and ML-KEM")),
    Run("no-post-quantum-keys", "PKCS10Client -a mldsa", "PKCS10Client", KEY + ["-a", "mldsa"], refused(1, "usage", "ML-DSA and ML-KEM")),
    Run("refuses-silent-drop", "a damaged transport certificate does not mean: no archival", "CRMFPopClient", KEY + ["-b", "transport.pem"],
        refused(1, "[a-z0-9-]+", "would not be archived"), damaged),
    Run("fails-loudly", "no token for a secret of nothing", "CMCSharedToken",
        ["-d", "nssdb", "-p", "Secret.123", "-s", "", "-b", "issuance.pem", "-o", "token.b64"], refused(1, "cmc-secret-missing"), protection),
    Run("verifies-signature", "CMCResponse --no-verify shows what is refused without it", "CMCResponse",
        ["-d", "nssdb", "-i", "in.cmc", "-o", "out.p7", "--no-verify"], shown_unverified, bad_answer),
    Run("verifies-signature", "certificates alone, without a signature, that no trusted CA issued", "CMCResponse",
        ["-d", "nssdb", "-i", "in.cmc", "-o", "out.p7"], refused(1, "trust-unsigned"), forged_bag),
    Run("verifies-signature", "where no CA is trusted, that is said", "CMCResponse", ["-d", "none", "-i", "in.cmc"], warned, empty_database),
    Run("verifies-signature", "a full answer without any signature", "CMCResponse",
        ["-d", "nssdb", "-i", "in.cmc", "-o", "out.p7"], refused(1, "trust-unsigned"), unsigned_answer),
    Run("verifies-signature", "nor where no CA is trusted", "CMCResponse", ["-i", "in.cmc", "-o", "out.p7"], refused(1, "trust-unsigned"),
        unsigned_answer),
    Run("asks-for-client-type", "ca-cert-find --certTypeSSLClient", "pki",
        ["-d", "nssdb", "-P", "http", "-h", "127.0.0.1", "-p", "@PORT", "ca-cert-find", "--certTypeSSLClient", "on"], type_asked_for, asked_server),
    Run("warns", "a word that belongs to no option", "CRMFPopClient", KEY + ["-y", "true"], ignored_word),
]


def one(run, bindir, vectors, work, env):
    """What is wrong with this run."""
    os.mkdir(work)
    shutil.copytree(os.path.join(vectors, "_base", "user"), os.path.join(work, "nssdb"))
    subprocess.run(["chmod", "-R", "u+w", work], check=True)
    with open(os.path.join(work, "pw"), "w", encoding="ascii") as f:
        f.write("Secret.123")
    run.prepare(work, vectors)
    before = set(os.listdir(work))
    start = Done(run, work, vectors, 0, "", "", before)
    state = (start.keys(), start.certs())
    args = run.args
    if "@PORT" in args:
        with open(os.path.join(work, "port"), encoding="ascii") as f:
            port = f.read()
        args = [port if a == "@PORT" else a for a in args]
    done = subprocess.run([os.path.join(bindir, run.tool)] + args, cwd=work, env=dict(env, HOME=work), stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=120, check=False)
    texts = [t.decode("utf-8", "replace").replace("\r", "") for t in (done.stdout, done.stderr)]
    return run.faults(Done(run, work, vectors, done.returncode, texts[0], texts[1], before), state)
