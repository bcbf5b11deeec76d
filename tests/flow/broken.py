# SPDX-License-Identifier: Apache-2.0
"""broken.py CA CLIENT.pem POINT KIND NUMBER COMMAND...: runs the command with PORT replaced by that of a server in front of the practice
CA, which breaks one exchange off (tests/interrupt/proxy.py): the NUMBER-th submission, or connection for the points accept and hello.
The exit code is the command's; 99: nothing was broken off."""
import os, subprocess, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interrupt"))
import proxy

ca, client, point, kind, number = sys.argv[1:6]
server = proxy.Proxy(ca, client)
if point in ("accept", "hello"):
    server.plan(point=point, kind=kind, connection=int(number))
else:
    server.plan(submission=int(number), point=point, kind=kind)
code = subprocess.call([str(server.port) if word == "PORT" else word for word in sys.argv[6:]], timeout=120)
sys.exit(code if server.hit else 99)
