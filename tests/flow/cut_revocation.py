# SPDX-License-Identifier: Apache-2.0
"""cut_revocation.py WIZARD CA CLIENT-PEM ANSWERS SECRET STATE OUT: revocations by secret that are killed or broken off in the middle.

ANSWERS has everything but port and secret, which is in the file SECRET. Afterwards nothing below STATE holds the secret; going on without
it sends nothing and says what is missing; going on with it sends once more and is told that the certificate is revoked. One line of TAP
text, "ok - ..." or "not ok - ...", for each row.
"""
import json, os, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interrupt"))
import proxy

wizard, ca, client, answers, secret_file, state, out = sys.argv[1:]
SECRET = open(secret_file, "rb").read().strip()

# To add one: a row. Event and step at which the wizard is killed, or the point where the connection breaks (proxy.py), and how.
ROWS = [("kill", "step-done", "request"), ("kill", "step-started", "submit"), ("kill", "held", "hold"), ("cut", "half", "reset"),
        ("cut", "processed", "reset"), ("cut", "status", "eof")]


class Wrong(Exception):
    pass


def check(good, what):
    if not good:
        raise Wrong(what)


def holders():
    found = []
    for folder, _, names in os.walk(state):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                found += [name] if SECRET in file.read() else []
    return found


def start(lines, *more):
    path = os.path.join(out, "cut.answers")
    with open(path, "w") as file:
        file.write(open(answers).read() + "".join(line + "\n" for line in lines))
    given, events = os.pipe()
    program = subprocess.Popen([wizard, "--answers", path, "--json-fd", str(events), *more], pass_fds=[events], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.close(events)
    return program, os.fdopen(given)


def finish(program, events):
    events.read()
    events.close()
    said = program.communicate(timeout=60)[0].decode()
    return program.returncode, said


def interrupt(line, row, with_secret):
    how, where, what = row
    if how == "cut":
        line.plan(submission=1, point=where, kind=what)
    elif where == "held":
        line.plan(submission=1, point="hold")
    else:
        line.plan()
    program, events = start(["port = %d" % line.port, with_secret])
    killed = False
    if where == "held":
        check(line.held.wait(60), "nothing was sent")
        program.kill()
        line.go_on.set()
        killed = True
    for text in events if not killed else []:
        event = json.loads(text)
        if how == "kill" and (event["event"], event.get("step")) == (where, what):
            program.kill()
            killed = True
            break
    code, said = finish(program, events)
    check(killed or (line.hit and code != 0), "it was not interrupted (exit code %d): %s" % (code, said))


def go_on(line, row):
    with_secret = "witness.sharedSecret.file = " + secret_file
    before = set(os.listdir(state))
    interrupt(line, row, with_secret)
    check(not holders(), "the secret is left in %s" % holders())
    made = set(os.listdir(state)) - before
    check(len(made) == 1, "%d sessions" % len(made))
    resume = ["--resume", made.pop()]
    line.plan()
    code, said = finish(*start(["port = %d" % line.port], *resume))
    check(code == 4 and "witness.sharedSecret" in said, "without the secret: exit code %d: %s" % (code, said))
    check(line.posts == 0, "it was sent again without the secret")
    code, said = finish(*start(["port = %d" % line.port, with_secret], *resume))
    check(code == 0 and "status: REVOKED" in said, "with the secret: exit code %d: %s" % (code, said))
    check(line.posts == 1, "%d more submissions" % line.posts)
    check(not holders(), "at the end the secret is left in %s" % holders())


def main():
    line = proxy.Proxy(ca, client)
    for row in ROWS:
        title = "a revocation by secret, %s at %s %s: nothing of it on disk, gone on with when the secret is given again" % row
        try:
            go_on(line, row)
            print("ok - " + title)
        except Wrong as why:
            print("not ok - " + title)
            print("# " + str(why).replace("\n", "\n# "))
    line.close()


main()
