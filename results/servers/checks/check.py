#!/usr/bin/python3
"""Repeats verdicts of the sheets beside this folder, without the exam.

    ./check.py must                  every fail at that level, of each server, over each protocol
    ./check.py should nginx h2o      those at level should of these servers
    ./check.py if-match-miss         those whose sheet has a fail there
    ./check.py if-match-miss nginx   this server, over each protocol that the case is for
    ./check.py all statute           whatever a sheet has of the cases here, also what is right
    ./check.py -l                    the cases

cases.py has what is asked and which answers are right, wire.py and h3.go send it
and read what comes, octet by octet. Of Statute only `bench/subjects -start` is
used, which starts a server from exam/subjects/servers. What was asked and what
came is printed, and whether the requirement is broken or kept; judge yourself.
Exit 1: a sheet says otherwise.
"""
import datetime
import glob
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter

from cases import CASES, NotStaged, get
from wire import H3, h1, h2

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
PROTOCOLS = "h1", "h2", "h3"


class Server:
    """A server that was started, asked over one protocol at a time."""

    def __init__(self, name, folder, h3):
        self.process = subprocess.Popen([folder + "/subjects", "-start", "servers", name], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise NotStaged("it could not be started")
        self.declared = json.loads(line)
        address, _, path = self.declared["url"].partition("//")[2].partition("/")
        self.path, self.made = "/" + path, 0
        secure = self.declared.get("secure", "").partition("//")[2]
        self.ways = {"h1": (h1, address), "h2": (h2, secure), "h3": (h3, secure)}

    def turn(self, protocol):
        """Begins a check: a name of its own, and the plain answer beside which others are held."""
        self.send, self.address = self.ways[protocol]
        self.made += 1
        self.file, self.asked = None, []
        self.file = self.ask(get())
        if self.file.status != 200:
            raise NotStaged("the plain GET: " + self.file.told())
        self.asked = []

    def ask(self, request):
        request = request.filled(self.fill)
        self.asked.append(str(request))
        return self.send(self.address, request)

    def must(self, request):
        answer = self.ask(request)
        if not 200 <= answer.status < 300:
            raise NotStaged("%s: %s" % (self.asked[-1], answer.told()))

    def strong_tag(self, target):
        """The entity tag of what was stored just now; some give a weak one for a second or two."""
        for _ in range(5):
            tag = self.ask(get(target=target)).get("etag")
            if not tag:
                raise NotStaged("what was stored has no ETag")
            if not tag.startswith("W/"):
                break
            time.sleep(1)
        return tag

    def fill(self, text):
        write = self.declared.get("write", "/")
        places = {
            "file": self.path, "host": self.address, "missing": self.path + "-nothing", "encoded": "%s%%%02X" % (self.path[:-1], ord(self.path[-1])),
            "write": write, "made": write + "check-%d" % self.made, "private": self.declared.get("auth", "/").split()[0],
        }
        if self.file:
            tag, modified = self.file.get("etag"), self.file.get("last-modified")
            places.update(etag=tag, weak="W/" + tag.removeprefix("W/"), modified=modified, size=str(len(self.file.content)))
            if modified:
                at, second = datetime.datetime.strptime(modified, "%a, %d %b %Y %H:%M:%S GMT"), datetime.timedelta(seconds=1)
                form = "%a, %d %b %Y %H:%M:%S GMT"
                places.update(earlier=(at - second).strftime(form), later=(at + second).strftime(form),
                              rfc850=at.strftime("%A, %d-%b-%y %H:%M:%S GMT"), asctime=at.strftime("%a %b %e %H:%M:%S %Y"))
        for name, value in places.items():
            text = text.replace("{%s}" % name, value)
        return text

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def check(server, protocol, case):
    """What was asked, what came, and what that is."""
    try:
        server.turn(protocol)
        answer = server.ask(case.ask(server) if callable(case.ask) else case.ask)
        asked = "; then ".join(server.asked)
        return asked, answer.told(case.shows), "kept" if case.good(answer, server) else "broken"
    except (NotStaged, OSError, ValueError, IndexError) as e:  # also what cannot be read
        return "", str(e), "not staged"


def sheets():
    """The results in the sheets, by the servers' names."""
    found = {}
    for path in sorted(glob.glob(os.path.join(HERE, "..", "*.json"))):
        with open(path) as f:
            found[os.path.basename(path)[:-5]] = json.load(f)["results"]
    return found


def chosen(words, known):
    """What is to be checked: servers' names -> cases, protocols and the sheet's verdicts."""
    what, names = words[0], words[1:]
    if unknown := [w for w in names if w not in known] + [w for w in [what] if w not in ("must", "should", "all") and w not in CASES]:
        sys.exit("not known: %s; ./check.py -l lists the cases; the servers are %s" % (", ".join(unknown), ", ".join(known)))

    def wanted(e):
        if what in ("must", "should"):
            return e["verdict"] == "fail" and e["level"] == what
        asked = e["verdict"] in ("fail", "pass", "refused")
        return asked and e["case"] in CASES if what == "all" else e["case"] == what and (asked if names else e["verdict"] == "fail")
    todo = {name: [(e["case"], e["over"], e["verdict"]) for e in known[name] if wanted(e)] for name in names or known}
    return {name: all for name, all in todo.items() if all}


def tell(name, over, case, asked, came, verdict, sheet):
    c = CASES.get(case)
    print("%-28s %s %s\n    asked  %s\n    came   %s" % (case, name, over, asked, came))
    if c:
        print("    right  %s (%s)" % (c.right, c.section))
    print("    %s%s" % (verdict, "" if verdict == "not staged" or (sheet == "fail") == (verdict == "broken") else ", and the sheet says " + sheet), flush=True)


def main():
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help"):
        sys.exit(__doc__)
    if words[0] == "-l":
        print("\n".join("%-42s %-40s %s" % (n, c.section, c.right) for n, c in CASES.items()))
        return
    todo, count = chosen(words, sheets()), Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, source in ("subjects", "./bench/subjects"), ("h3", os.path.join(HERE, "h3.go")):
            subprocess.run(["go", "build", "-o", os.path.join(folder, name), source], cwd=ROOT, check=True)
        h3 = H3(folder + "/h3")
        for name, all in todo.items():
            try:
                server = Server(name, folder, h3)
            except NotStaged as e:
                print("# %s: %s" % (name, e))
                count.update((name, over, "not staged") for _, over, _ in all)
                continue
            print("# %s %s" % (name, server.declared["version"]))
            for case, over, sheet in all:
                asked, came, verdict = check(server, over, CASES[case]) if case in CASES else ("", "the case is not in cases.py", "not staged")
                tell(name, over, case, asked, came, verdict, sheet)
                count[name, over, verdict] += 1
                count["otherwise"] += verdict != "not staged" and (verdict == "broken") != (sheet == "fail")
            server.close()
        h3.close()
    print()
    for name in todo:
        for over in PROTOCOLS:
            if numbers := ["%d %s" % (count[name, over, v], v) for v in ("broken", "kept", "not staged") if count[name, over, v]]:
                print("%-20s %s  %s" % (name, over, ", ".join(numbers)))
    if count["otherwise"]:
        sys.exit("%d are not as the sheets say" % count["otherwise"])


if __name__ == "__main__":
    main()
