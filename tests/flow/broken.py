# SPDX-License-Identifier: Apache-2.0
"""broken.py CA CLIENT.pem POINT KIND NUMBER COMMAND...: runs the command with PORT replaced by that of a server in front of the practice
CA, which breaks one exchange off (tests/interrupt/proxy.py): the NUMBER-th submission, or connection for the points accept and hello.
The exit code is the command's; 99: nothing was broken off.

POINT count: nothing is broken off. The first NUMBER submissions are answered only when all of them are there (99: they did not come
together); KIND keep or close is what becomes of a connection behind an answer. Which connection carried each submission is said on
standard error, as JSON."""
import json, os, subprocess, sys, threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interrupt"))
import proxy



class Counting(proxy.Proxy):
    def __init__(self, ca, client, together, keep):
        self.gate, self.keep, self.waiting, self.lock = threading.Barrier(together), keep, together, threading.Lock()
        super().__init__(ca, client)

    def forward(self, method, path, body, headers):
        with self.lock:
            gated = "profileSubmit" in path and self.waiting > 0
            self.waiting -= gated
        if gated:
            self.hit = self.gate.wait(30) >= 0 or self.hit
        return super().forward(method, path, body, headers)

    def answer(self, tls, point, status, kind, body):
        if self.keep:
            super().answer(tls, point, status, kind, body)
            return
        tls.sendall(b"HTTP/1.1 %d OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                    % (status, kind.encode(), len(body)) + body)
        raise proxy.Broken


ca, client, point, kind, number = sys.argv[1:6]
server = Counting(ca, client, int(number), kind == "keep") if point == "count" else proxy.Proxy(ca, client)
if point == "count":
    pass
elif point in ("accept", "hello"):
    server.plan(point=point, kind=kind, connection=int(number))
else:
    server.plan(submission=int(number), point=point, kind=kind)
code = subprocess.call([str(server.port) if word == "PORT" else word for word in sys.argv[6:]], timeout=120)
if point == "count":
    print(json.dumps({"connections": server.connections, "carriers": server.carriers}), file=sys.stderr)
sys.exit(code if server.hit else 99)
