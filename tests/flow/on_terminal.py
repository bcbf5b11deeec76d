# SPDX-License-Identifier: Apache-2.0
"""on_terminal.py FILE COLUMNS COMMAND...: standard error is a terminal of that width, and what comes there is written to FILE; standard
output stays as it is. The exit code is the command's."""
import fcntl, os, struct, subprocess, sys, termios

name, columns = sys.argv[1], int(sys.argv[2])
ours, theirs = os.openpty()
fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
child = subprocess.Popen(sys.argv[3:], stderr=theirs)
os.close(theirs)
with open(name, "wb") as out:
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not data:
            break
        out.write(data)
sys.exit(child.wait(60))
