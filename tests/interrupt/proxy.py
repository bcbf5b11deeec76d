# SPDX-License-Identifier: Apache-2.0
"""A TLS server in front of a practice CA that breaks one submission off at one point, in one way, and passes everything else."""
import http.client, json, socket, ssl, struct, threading

# Where: before TLS begins, after the ClientHello, before the request's body, within it, after it (the CA does not see it), after the CA
# has processed it, within the answer's first line, within its body, after it.
POINTS = ["accept", "hello", "headers", "half", "read", "processed", "status", "body", "after"]
# How: TCP reset; the end of the stream without a word of TLS; TLS's own good-bye.
KINDS = ["reset", "eof", "bye"]
SENT = POINTS.index("headers")
PROCESSED = POINTS.index("processed")


class Broken(Exception):
    pass


class Proxy:
    """plan() says what happens to the submissions from then on; posts counts them."""

    def __init__(self, ca, client):
        description = json.load(open(ca + "/ca-description.json"))
        self.upstream = ssl.create_default_context(cafile=ca + "/chain.pem")
        self.upstream.load_cert_chain(client)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(ca + "/tls/server.pem", ca + "/tls/server.key")
        self.ca_port = description["port"]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.plan()
        threading.Thread(target=self.accept, daemon=True).start()

    def plan(self, submission=0, point=None, kind=None, connection=0, searchable=True):
        """connection: for the points before a request can be seen, by number."""
        self.submission, self.point, self.kind, self.connection = submission, point, kind, connection
        self.searchable, self.hit, self.posts, self.connections, self.carriers = searchable, False, 0, 0, []
        self.held, self.go_on = threading.Event(), threading.Event()

    def accept(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(raw, self.connections), daemon=True).start()

    def close(self):
        self.listener.close()

    def end(self, raw, tls=None):
        """Breaks off as planned; what the other side still sends is read, where a reset is not wanted."""
        self.hit = True
        sock = tls or raw
        if self.kind == "reset":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            sock.settimeout(0.3)
            try:
                if self.kind == "bye" and tls:
                    sock = tls.unwrap()
            except OSError:
                pass
            try:
                socket.socket.shutdown(sock, socket.SHUT_WR)
                while socket.socket.recv(sock, 65536):
                    pass
            except OSError:
                pass
        raise Broken

    def serve(self, raw, number):
        tls = None
        try:
            raw.settimeout(60)
            planned = self.connection == number
            if planned and self.point == "accept":
                self.end(raw)
            if planned and self.point == "hello":
                raw.recv(16384)
                self.end(raw)
            tls = self.context.wrap_socket(raw, server_side=True)
            data = b""
            while True:
                data = self.request(tls, number, data)
        except (Broken, OSError, ValueError, http.client.HTTPException):
            pass
        finally:
            (tls or raw).close()

    def read(self, tls, data, enough):
        while not enough(data):
            more = tls.recv(65536)
            if not more:
                raise Broken
            data += more
        return data

    def request(self, tls, number, data):
        data = self.read(tls, data, lambda d: b"\r\n\r\n" in d)
        head, data = data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        point = None
        if "profileSubmit" in path:
            self.posts += 1
            self.carriers.append(number)
            point = self.point if self.posts == self.submission else None
        if point == "headers":
            self.end(None, tls)
        if point == "half":
            self.read(tls, data, lambda d: len(d) >= length // 2)
            self.end(None, tls)
        data = self.read(tls, data, lambda d: len(d) >= length)
        body, data = data[:length], data[length:]
        if point == "read":
            self.end(None, tls)
        self.answer(tls, point, *self.forward(method, path, body, headers))
        return data

    def forward(self, method, path, body, headers):
        if "/certs/search" in path and not self.searchable:
            return 404, "text/html", b"<html>There is no such page.</html>"
        line = http.client.HTTPSConnection("localhost", self.ca_port, context=self.upstream, timeout=60)
        try:
            line.request(method, path, body or None, {k: v for k, v in headers.items() if k in ("accept", "content-type")})
            answer = line.getresponse()
            return answer.status, answer.getheader("Content-Type", "text/plain"), answer.read()
        finally:
            line.close()

    def answer(self, tls, point, status, kind, body):
        whole = b"HTTP/1.1 %d OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, kind.encode(), len(body))
        if point == "processed":
            self.end(None, tls)
        if point == "hold":
            self.held.set()
            self.go_on.wait(60)
        if point == "status":
            tls.sendall(whole[:9])
            self.end(None, tls)
        if point == "body":
            tls.sendall(whole + body[: len(body) // 2])
            self.end(None, tls)
        tls.sendall(whole + body)
        if point == "after":
            self.end(None, tls)
