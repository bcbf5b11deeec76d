#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A TLS server in front of a practice CA that answers submissions wrongly. Standard library only.
usage: faulty.py CA-FOLDER AGENT-PEM MODE-FILE PORT-FILE [ANSWER-FILE]
MODE-FILE holds one word, read at each submission: pass, html, notfound, broken (500), empty, reset (closed without a word), cut (half
an answer), huge, flipped (one octet of the answer changed), other (ANSWER-FILE, the answer to another request), silent (nothing for
two seconds, then closed). All but pass still hand the request to the CA when the mode is followed by "+issue"."""
import http.client, http.server, json, os, ssl, sys, time

CA, PEM, MODE, PORT = sys.argv[1:5]
ANSWER = sys.argv[5] if len(sys.argv) > 5 else None
DESC = json.load(open(CA + "/ca-description.json"))


def upstream(method, path, body, headers):
    context = ssl.create_default_context(cafile=CA + "/chain.pem")
    context.load_cert_chain(PEM)
    line = http.client.HTTPSConnection("localhost", DESC["port"], context=context, timeout=30)
    line.request(method, path, body, headers)
    answer = line.getresponse()
    return answer.status, answer.getheader("Content-Type", "text/plain"), answer.read()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *ignored):
        pass

    def send(self, status, kind, body, length=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def forward(self, body=None):
        headers = {k: v for k, v in self.headers.items() if k in ("Accept", "Content-Type")}
        return upstream(self.command, self.path, body, headers)

    def do_GET(self):
        self.send(*self.forward())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mode, _, issue = open(MODE).read().strip().partition("+")
        if "profileSubmit" not in self.path or mode == "pass":
            return self.send(*self.forward(body))
        answer = self.forward(body)[2] if issue or mode in ("cut", "flipped") else b""
        cmc = "application/pkcs7-mime"
        self.close_connection = True
        if mode == "html":
            self.send(200, "text/html", b"<html><body>\x1b[31mMaintenance</body></html>")
        elif mode == "notfound":
            self.send(404, "text/html", b"<html>no such page</html>")
        elif mode == "broken":
            self.send(500, "text/html", b"<html>java.lang.NullPointerException</html>")
        elif mode == "empty":
            self.send(200, cmc, b"")
        elif mode == "cut":
            self.send(200, cmc, answer[: len(answer) // 2], len(answer))
        elif mode == "huge":
            self.send(200, cmc, b"\x30\x84\x7f\xff\xff\xff" + bytes(80 << 20))
        elif mode == "flipped":
            changed = bytearray(answer)
            changed[-20] ^= 1
            self.send(200, cmc, bytes(changed))
        elif mode == "other":
            self.send(200, cmc, open(ANSWER, "rb").read())
        elif mode == "silent":
            time.sleep(2)
        self.connection.close()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CA + "/tls/server.pem", CA + "/tls/server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
open(PORT + ".new", "w").write(str(server.server_address[1]))
os.rename(PORT + ".new", PORT)
server.serve_forever()
