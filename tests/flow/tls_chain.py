# SPDX-License-Identifier: Apache-2.0
"""tls_chain.py CHAIN.pem KEY.pem READY: a TLS server on a free port of the loopback that sends the certificates of the file, the first of
which is its own, in the order in which they stand there, and knows no page (HTTP 404). READY gets the port. It ends with its parent."""
import ctypes, http.server, os, signal, ssl, sys

ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(404)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_error(404)

    def log_message(self, *args):
        pass


chain, key, ready = sys.argv[1:4]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(chain, key)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
with open(ready + ".new", "w") as f:
    f.write(str(server.server_port))
os.rename(ready + ".new", ready)
server.serve_forever()
