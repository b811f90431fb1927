#!/usr/bin/python3
"""Repeats a verdict of the sheets beside this folder by raw sockets.

    ./check.py must nginx haproxy     every must fail in these proxies' sheets
    ./check.py must                   every must fail in all of them; so for should
    ./check.py CASE [NAME...]         one case, of these or of those that fail it
    ./check.py all [NAME...]          every case that the sheet has a verdict for
    ./check.py -l                     the cases

Nothing of Statute's asks or judges: wire.py is the origin and the client, cases.py
has the octets and what they show. ../../../bench/subjects only starts the proxy,
with its configuration in exam/subjects/proxies. The last word of each check is
what the case's test in cases.py makes of it; judge yourself. Exit status: 0 all as
the sheets say, 1 something is not, 2 usage, 3 a proxy could not be asked.
"""
import base64
import glob
import json
import os
import subprocess
import sys
import tempfile
import time

from cases import CASES, PLAIN, Case, Seen, answer
from wire import Origin, Script, ask

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../../..")
LEVELS = ("must", "should")  # a client that is left waiting fails at a lesser one: that is kept here
CONTROL = Case("RFC 9110 §9.3.1", "pass a plain 200 on", lambda s: False, answer(), PLAIN)


def sheets():
    """The sheets: name -> case -> what the sheet says over HTTP/1.1."""
    all = {}
    for path in sorted(glob.glob(os.path.join(HERE, "..", "*.json"))):
        name = os.path.basename(path)[:-5]
        with open(path) as f:
            entries = [e for e in json.load(f)["results"] if e["over"] == "h1"]
        all[name] = {e["case"]: e for e in entries}
    return all


class Proxy:
    """A proxy that runs before an origin. It ends with its standard input."""

    def __init__(self, program, name, origin):
        self.origin, self.count = origin, 0
        self.process = subprocess.Popen([program, "-start", "-origin", origin.address, "proxies", name], cwd=ROOT,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise OSError(self.process.stderr.read().decode(errors="replace").strip())
        said = json.loads(line)
        self.address, self.version, self.forward = said["address"], said["version"], said["mode"] == "forward"
        self.host = origin.address if self.forward else self.address
        login = base64.b64encode(said["login"].encode()).decode() if "login" in said else ""
        self.line = "\r\nProxy-Authorization: Basic " + login if login else ""

    def end(self):
        self.process.stdin.close()
        self.process.wait(20)

    def fill(self, text, path):
        """Octets of a request: its target and host, and the length of its content."""
        def target(path):
            return "http://%s%s" % (self.host, path) if self.forward else path
        hidden = PLAIN[0].replace("{to}", target(path + "-hidden")).replace("\r\n", self.line + "\r\n", 1)
        head, content = text.replace("{to}", target(path)).replace("{hidden}", hidden).replace("{host}", self.host).split("\r\n\r\n", 1)
        head = head.replace("\r\n", self.line + "\r\n", 1).replace("{all}", str(len(content)))
        return (head + "\r\n\r\n" + content).encode("latin-1")

    def check(self, name, case):
        self.count += 1
        path = "/%s-%d" % (name, self.count)
        script, hidden = Script(case.answer, case.keep), Script(case.answer, case.keep)
        self.origin.scripts[path + "-hidden"] = hidden  # before the shorter name, which is in it
        self.origin.scripts[path] = script
        seen = Seen(self.forward, self.host, script.asked, hidden.asked)
        sent = [self.fill(text, path) for text in case.send]
        for i, octets in enumerate(sent):
            time.sleep(case.pause if i else 0)
            seen.answers.append(ask(self.address, octets))
        time.sleep(0.1)
        return sent, seen


def short(octets, most=240):
    text = repr(bytes(octets))[1:]
    return text if len(text) <= most else text[:most] + "…"


def tell(case, sent, seen, verdict):
    for octets in sent:
        print("    sent    %s" % short(octets))
    for octets in seen.asked + seen.hidden or [b""]:
        print("    origin  %s" % (short(octets) if octets else "was asked nothing"))
    print("    origin  answers %s" % (short(case.answer) if isinstance(case.answer, bytes) else "by what comes"))
    for a in seen.answers:
        print("    client  %s, %s" % (short(a.octets) if a.octets else "nothing", "closed" if a.closed else "open"))
    print("    %s" % verdict, flush=True)


def repeat(program, name, cases, sheet):
    """Checks cases of one proxy: how many are broken, kept, and not as its sheet says."""
    origin = Origin()
    try:
        proxy = Proxy(program, name, origin)
    except OSError as e:
        print("%s could not be started: %s" % (name, e))
        return None
    broken, kept, odd = [], [], []
    try:
        _, seen = proxy.check("control", CONTROL)
        if seen.last.status != 200 or seen.last.content != b"ok":
            print("%s does not pass a plain 200 on: %s" % (name, short(seen.last.octets)))
            return None
        for case in cases:
            print("%s: %s %s (%s): should %s" % (case, name, proxy.version, CASES[case].section, CASES[case].should))
            sent, seen = proxy.check(case, CASES[case])
            bad = CASES[case].broken(seen)
            nothing = not seen.asked and not any(a.octets or a.closed for a in seen.answers)
            entry = sheet.get(case, {"verdict": "nothing", "level": ""})
            failed = entry["verdict"] == "fail" and entry["level"] in LEVELS
            verdict = "broken" if bad else "nothing was seen" if nothing else "kept"
            (broken if bad else kept).append(case)
            if bad != failed or nothing:
                odd.append(case)
                verdict += ", but the sheet says: %s %s %s" % (entry["verdict"], entry["level"], entry.get("detail", ""))
            tell(CASES[case], sent, seen, verdict)
    finally:
        proxy.end()
    print("%s %s: %d broken, %d kept%s" % (name, proxy.version, len(broken), len(kept), "; not as its sheet says: " + ", ".join(odd) if odd else ""), flush=True)
    return odd


def main():
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help"):
        print(__doc__, file=sys.stdout if words else sys.stderr)
        return 0 if words else 2
    if words[0] == "-l":
        print("\n".join("%-28s %s" % (n, c.section) for n, c in CASES.items()))
        return 0
    what, names, said = words[0], words[1:], sheets()
    if unknown := [w for w in words[:1] if w not in (*LEVELS, "all") and w not in CASES] + [n for n in names if n not in said]:
        print("not known: %s; ./check.py -l lists the cases; the proxies are %s" % (", ".join(unknown), ", ".join(said)), file=sys.stderr)
        return 2
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "subjects")
        try:
            subprocess.run(["go", "build", "-o", program, "./bench/subjects"], cwd=ROOT, check=True)
        except (OSError, subprocess.CalledProcessError) as e:
            print("bench/subjects, which starts the proxies, cannot be built: %s" % e, file=sys.stderr)
            return 3
        for name in names or said:
            entries = said[name].values()
            fails = [e["case"] for e in entries if e["verdict"] == "fail" and e["level"] in (LEVELS if what in CASES else [what])]
            if what == "all":
                chosen = [e["case"] for e in entries if e["verdict"] in ("pass", "refused", "fail") and e["case"] in CASES]
            else:
                chosen = [what] if what in CASES and (names or what in fails) else fails if what in LEVELS else []
            if missing := [c for c in chosen if c not in CASES]:
                print("%s: not staged here: %s" % (name, ", ".join(missing)))
                status = max(status, 1)
            if chosen := [c for c in chosen if c in CASES]:
                odd = repeat(program, name, chosen, said[name])
                status = max(status, 3 if odd is None else 1 if odd else 0)
    return status


if __name__ == "__main__":
    sys.exit(main())
