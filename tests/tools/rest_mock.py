#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server that writes down what it is asked, one JSON line per request, and knows one account.

    rest_mock.py KEY-AND-CERTIFICATE LOG USER PASSWORD [plain] [v2]

Prints its port, and ends when standard input does. Searches find nothing, unless LOG.search holds an answer; forms get LOG.form, and
certificates LOG.cert, where these files are there. v2: a server of today, which has nothing under /rest/."""
import base64
import http.server
import json
import os
import ssl
import sys
import threading

PEM, LOG, USER, PASSWORD = sys.argv[1:5]
RIGHT = "Basic " + base64.b64encode(("%s:%s" % (USER, PASSWORD)).encode()).decode()


def recorded(what):
    """Octets of the answer that the test has laid down; None without one."""
    if not os.path.exists(LOG + "." + what):
        return None
    with open(LOG + "." + what, "rb") as f:
        return f.read()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = self.path.split("?", 1)[0]
        with open(LOG, "a", encoding="utf-8") as f:
            f.write(json.dumps({"method": self.command, "path": self.path, "body": body, "account": self.headers.get("Authorization")}) + "\n")
        if "v2" in sys.argv[5:] and "/rest/" in path:
            self.answer(404, b"", "text/plain")
        elif path.endswith("/account/login"):
            if self.headers.get("Authorization") == RIGHT:
                self.answer(200, b'{"id":"x"}')
            else:
                self.answer(401, b'{"Message":"No such account.","Code":401}')
        elif path.endswith("/certs/search"):
            self.answer(200, recorded("search") or b'{"total":0,"entries":[]}')
        elif "/certs/" in path and recorded("cert"):
            self.answer(200, recorded("cert"))
        elif path == "/ca/rest/info":
            self.answer(200, b'{"Attributes":{"Attribute":[]},"KeyWrapAlgorithm":"AES/CBC/PKCS5Padding"}')
        elif path == "/ca/ee/ca/profileSubmit" and recorded("form"):
            self.answer(200, recorded("form"), "text/html")
        else:
            self.answer(404, b"", "text/plain")

    do_POST = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if "plain" not in sys.argv[5:]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
