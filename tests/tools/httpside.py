# SPDX-License-Identifier: Apache-2.0
"""The server that HttpClient's cases talk to: it answers as it did when they were recorded, on a free port, with TLS keys made
for this run and signed by the recorded CA."""
import os
import re
import socket
import ssl
import subprocess
import threading

STATE = {}
HOSTS = "DNS:localhost,IP:127.0.0.1"


def call(*args, **kw):
    subprocess.run(args, check=True, capture_output=True, **kw)


def prepare(vectors, top):
    """CA key out of the recorded database; server certificates: good, expired, of an unknown CA."""
    work = os.path.join(top, "_tls")
    os.mkdir(work)
    base = os.path.join(vectors, "_base")
    db = os.path.join(work, "db")
    call("cp", "-r", os.path.join(base, "ca"), db)
    call("chmod", "-R", "u+w", work)
    with open(os.path.join(work, "pw"), "w", encoding="ascii") as f:
        f.write("Secret.123")
    listed = subprocess.run(["certutil", "-L", "-d", "sql:" + db], check=True, capture_output=True).stdout.decode()
    nickname = next(re.split(r"\s{2,}", line)[0] for line in listed.splitlines() if re.search(r"\s[CTu]*[CT][CTu]*u?,", line))
    call("pk12util", "-o", "ca.p12", "-n", nickname, "-d", "sql:" + db, "-k", "pw", "-w", "pw", cwd=work)
    call("openssl", "pkcs12", "-in", "ca.p12", "-passin", "file:pw", "-nocerts", "-nodes", "-out", "ca.key", cwd=work)
    call("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "other.key", "-out", "other.pem", "-subj",
         "/CN=Nobody's CA", "-days", "3650", cwd=work)
    with open(os.path.join(work, "ext"), "w", encoding="ascii") as f:
        f.write("subjectAltName=%s\nextendedKeyUsage=serverAuth\n" % HOSTS)
    call("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=localhost",
         cwd=work)
    for name, ca, key, days in (("good", os.path.join(base, "ca.pem"), "ca.key", "3650"),
                                ("expired", os.path.join(base, "ca.pem"), "ca.key", "-1"),
                                ("untrusted", "other.pem", "other.key", "3650")):
        args = ["openssl", "x509", "-req", "-in", "tls.csr", "-CA", ca, "-CAkey", key, "-set_serial", "4711", "-extfile", "ext",
                "-out", name + ".pem", "-days", days]
        if days == "-1":
            done = subprocess.run(args, cwd=work, capture_output=True, check=False)
            if done.returncode:
                expired_by_ca(work, ca)
        else:
            call(*args, cwd=work)
    STATE["work"], STATE["ca"] = work, os.path.join(base, "ca.pem")


def expired_by_ca(work, ca):
    """openssl x509 of some versions takes no negative days: the ca command takes dates."""
    with open(os.path.join(work, "ca.cnf"), "w", encoding="ascii") as f:
        f.write("[ca]\ndefault_ca=c\n[c]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n"
                "[p]\ncommonName=supplied\n")
    open(os.path.join(work, "index"), "w", encoding="ascii").close()
    with open(os.path.join(work, "serial"), "w", encoding="ascii") as f:
        f.write("4712\n")
    call("openssl", "ca", "-batch", "-config", "ca.cnf", "-in", "tls.csr", "-cert", ca, "-keyfile", "ca.key", "-extfile", "ext",
         "-startdate", "20250101000000Z", "-enddate", "20250201000000Z", "-out", "expired.pem", "-notext", cwd=work)


class Server:
    """Serves one case, when it is one that reached a server; else nothing listens at its port."""

    def __init__(self, case):
        self.case = case
        case.served = None
        self.seen = b""
        self.socket = None
        self.client = None

    def __enter__(self):
        case = self.case
        if case.tool != "HttpClient" or not case.json["args"]:
            return self
        path = os.path.join(case.work, case.json["args"][0])
        if not os.path.isfile(path):
            return self
        with open(path, encoding="utf-8") as f:
            text = f.read()
        port = re.search(r"(?m)^port\s*[=:]\s*(\d+)\s*$", text)
        if not port or int(port.group(1)) < 1024:
            return self
        self.socket = socket.create_server(("127.0.0.1", 0))
        with open(path, "w", encoding="utf-8") as f:
            f.write(text[:port.start(1)] + str(self.socket.getsockname()[1]) + text[port.end(1):])
        self.tls = "secure=true" in text
        case.served = self
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        if self.socket:
            try:  # wakes accept()
                socket.create_connection(self.socket.getsockname(), 1).close()
            except OSError:
                pass
            self.thread.join(10)
            self.socket.close()

    def context(self):
        work = STATE["work"]
        name = self.case.name.split("-")[-1]
        chain = name if name in ("expired", "untrusted") else "good"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(work, chain + ".pem"), os.path.join(work, "tls.key"))
        saw = self.case.json.get("server_saw")
        if saw and saw[0] and len(saw[0]) > 2 and saw[0][2]:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(STATE["ca"])
        return context

    def answer(self):
        case = self.case
        headers = b"".join(line.encode() + b"\r\n" for line in case.stdout.split("##Response Headers begin##\n")[-1]
                           .split("##end##")[0].strip().split("\n")) if "##Response" in case.stdout else b"HTTP/1.1 200 OK\r\n"
        name = next((n for n in ("expected.resp", "cmc.resp") if os.path.isfile(os.path.join(case.dir, n))), None)
        body = case.recorded(name) if name else b""
        headers = re.sub(rb"(?m)^Date: .*\r\n", b"Date: x\r\n", headers)
        return headers + b"\r\n" + body

    def serve(self):
        connection, _ = self.socket.accept()
        connection.settimeout(10)
        try:
            if self.tls:
                connection = self.context().wrap_socket(connection, server_side=True)
                self.client = connection.getpeercert() or None
            while b"\r\n\r\n" not in self.seen:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                self.seen += chunk
            head, body = self.seen.split(b"\r\n\r\n", 1)
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            while length and len(body) < int(length.group(1)):
                chunk = connection.recv(65536)
                if not chunk:
                    return
                body += chunk
            self.seen = head + b"\r\n\r\n" + body
            connection.sendall(self.answer())
            if self.tls:
                connection.unwrap()
        except (OSError, ssl.SSLError):
            pass
        finally:
            connection.close()

    def faults(self):
        """What a Dogtag CA wants: POST of the servlet, Content-Length, the octets of the input file, the right client."""
        if not self.seen:
            return []
        head, _, body = self.seen.partition(b"\r\n\r\n")
        out = []
        servlet = next(line.split("=", 1)[1] for line in open(os.path.join(self.case.dir, self.case.json["args"][0]),
                                                              encoding="utf-8").read().split("\n") if line.startswith("servlet="))
        if not head.startswith(b"POST " + servlet.encode() + b" HTTP/1."):
            out.append(("BAD request line", servlet, head[:80]))
        if not re.search(rb"(?i)\r\ncontent-length: *%d(\r|$)" % len(body), head) or re.search(rb"(?i)\r\n(expect|transfer-encoding):", head):
            out.append(("BAD headers", None, head))
        if body != self.case.recorded("cmc.req"):
            out.append(("BAD body", None, len(body)))
        saw = self.case.json.get("server_saw")
        wanted = saw[0][2] if saw and saw[0] and len(saw[0]) > 2 else None
        got = [[list(pair) for pair in rdn] for rdn in self.client["subject"]] if self.client else None
        if (wanted or None) != got:
            out.append(("BAD client certificate", wanted, got))
        return out
