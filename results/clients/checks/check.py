#!/usr/bin/python3
"""Repeats a verdict of the sheets beside this folder by hand.

    ./check.py 1xx-103-then-200 curl wget    these clients
    ./check.py 1xx-103-then-200              those whose sheet has a fail there
    ./check.py must, ./check.py should       every fail at that level, over h1 and h2
    ./check.py passes                        the passes that were doubted, by six clients each
    ./check.py -l                            the cases

Nothing of Statute's is used: server.py sends the octets that stand in cases.py,
clients.py runs the client, and what both saw is printed. The last word of a
client's line is what the case's test in cases.py makes of it; judge yourself.
"""
import glob
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

from cases import CASES, DOUBTED
from clients import BROWSERS, HERE, NAMES, PAGE, command
from server import Server, answer, certificate, data, headers

LIMIT = 12  # seconds for a client


class Run:
    said, file, exit, seconds, asked = "", "", 0, 0.0, ()


def check(name, case, folder):
    run, server = Run(), Server(case.scripts, folder if case.tls or case.h2 else None, case.h2)
    urls = [server.url + path for path in case.urls]
    file = os.path.join(folder, "got")
    with open(file, "w") as f:
        f.write("leaves!\n" * 65536 if case.how == "upload" else "01234" if case.how == "resume" else "")
    if case.how not in ("upload", "resume"):
        os.remove(file)
    how = case.how or ("h2" if case.h2 else "cut" if case.tls else "")
    authority = folder + ("/stranger" if how == "stranger" else "") + "/ca.pem"
    environment = dict(os.environ, SSL_CERT_FILE=authority, CURL_CA_BUNDLE=authority, REQUESTS_CA_BUNDLE=authority,
                       NODE_EXTRA_CA_CERTS=authority, PERL_LWP_SSL_CA_FILE=authority, HOME=folder)
    if how == "proxy":
        environment["https_proxy"] = "http://road:toll@127.0.0.1:" + server.port
    os.environ["SSL_CERT_FILE"] = authority
    if name.startswith("go"):
        environment["HOME"] = os.environ["HOME"]
    began = time.monotonic()
    if name in BROWSERS:
        browse(name, urls, how, server, run, folder)
    else:
        try:
            done = subprocess.run(command(name, urls, how, file), env=environment, capture_output=True, timeout=LIMIT, cwd=folder, stdin=subprocess.DEVNULL)
            run.said, run.exit = (done.stdout + done.stderr).decode(errors="replace").strip(), done.returncode
        except subprocess.TimeoutExpired as e:
            run.said, run.exit = "(still running after %d seconds) " % LIMIT + (e.stdout or b"").decode(errors="replace"), -1
    run.seconds = time.monotonic() - began
    time.sleep(0.1)
    if os.path.exists(file) and case.how != "upload":
        with open(file, errors="replace") as f:
            run.file = f.read()
    run.asked = [a for a in server.asked if a.get("path") != "/favicon.ico"]
    server.close()
    return run


def browse(name, urls, how, server, run, folder):
    """Opens a page that asks for the URLs; over HTTP/2 it is what the first request gets."""
    said = []
    def told(request, asked):
        said.append(request)
        return ["body", answer("")]
    server.scripts = dict(server.scripts)
    listener = Server({"/told": told}) if server.h2 else server
    page = PAGE % {"told": listener.url + "/told", "urls": json.dumps(urls), "how": how}
    if server.h2:
        server.scripts["/0"] = [headers(":status: 200", "content-type: text/html"), data(page)]
    else:
        server.scripts.update({"/told": told, "/page": [answer(page).replace(b"text/plain", b"text/html")]})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        words = BROWSERS[name](server.url + "/page", profile)
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        if name == "firefox":
            session = marionette(profile, server.url + "/page")  # it ends with its connection
        deadline = time.monotonic() + 30
        while not (said and said[0]["content"]) and time.monotonic() < deadline:
            time.sleep(0.1)
        os.killpg(process.pid, 15)
        process.wait()
    run.said = said[0]["content"].decode() if said else "(the page said nothing within 30 seconds)"
    run.exit = 1 if "failed: " in run.said or not said else 0
    server.asked = [a for a in server.asked if a.get("path") not in ("/page", "/told", "/0")]


def marionette(profile, url):
    """Tells Firefox to take any certificate and to open a page."""
    port, deadline = os.path.join(profile, "MarionetteActivePort"), time.monotonic() + 30
    while not os.path.exists(port) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)
    with open(port) as f:
        line = socket.create_connection(("127.0.0.1", int(f.read())), 30)
    for i, (verb, values) in enumerate([("NewSession", {"acceptInsecureCerts": True}), ("Navigate", {"url": url})]):
        octets = json.dumps([0, i, "WebDriver:" + verb, values]).encode()
        line.sendall(b"%d:%s" % (len(octets), octets))
        heard = b""
        while b"[1,%d," % i not in heard:
            heard += line.recv(65536)
    return line


# Fields of a request that matter to some case.
TELLING = ("authorization", "cookie", "proxy-authorization", "content-type", "content-language", "content-location", "range", "if-none-match",
           "if-modified-since", "if-range", "referer")


def one(a):
    if "path" not in a:
        return "; ".join("%s %d" % pair for pair in a.items())
    text = "[%d] %s %s" % (a["connection"], a["method"], a["path"])
    if shown := ["%s: %s" % (n, a["fields"][n]) for n in TELLING if n in a["fields"]]:
        text += " {%s}" % ", ".join(shown)
    return text + (" + %d octets" % len(a["content"]) if a["content"] else "")


def tell(name, case, run):
    lines = run.said.splitlines() or [""]
    errors = [line for line in lines if "Error: " in line] or lines[-1:]
    said = " | ".join(lines) if len(run.said) < 300 else " … ".join((lines[0][:200], errors[-1].strip()[:200]))
    print("  %-22s asked  %s" % (name, "; ".join(map(one, run.asked))))
    print("  %-22s said   %s%s" % ("", said, " (file: %r)" % run.file[:60] if run.file else ""))
    print("  %-22s ended  %s" % ("", "with %d after %.1f s: %s" % (run.exit, run.seconds, "as it should" if case.good(run) else "NOT as it should")))


def judged(levels, *verdicts):
    """Who got one of these verdicts in the sheets: case -> clients."""
    all = {}
    for path in sorted(glob.glob(os.path.join(HERE, "..", "*.json"))):
        with open(path) as f:
            for e in json.load(f)["results"]:
                if e["verdict"] in verdicts and e["level"] in levels:
                    all.setdefault(e["case"], {})[os.path.basename(path)[:-5]] = e["over"]
    return all


# Of those that pass, the first six of these are asked, then the others.
ASKED_FIRST = ["curl", "wget", "python-requests", "python-aiohttp", "node-fetch", "go-net-http", "node-undici", "node-got", "python-http.client", "aria2"]


def six(clients):
    return [*(n for n in ASKED_FIRST if n in clients), *(n for n in clients if n not in ASKED_FIRST)][:6]


def main():
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help"):
        sys.exit(__doc__)
    if words[0] == "-l":
        print("\n".join("%-28s %s" % (n, c.section) for n, c in CASES.items()))
        return
    levels = words[:1] if words[0] in ("must", "should") else ("must", "should", "de-facto")
    fails = judged(levels, "fail")
    chosen = [name for name in CASES if name in fails] if words[0] == levels[0] else words[:1]
    if words[0] == "passes":
        passes = judged(("must",), "pass", "refused")
        fails, chosen = {name: six(passes.get(name, [])) for name in DOUBTED}, DOUBTED
    if unknown := [w for w in chosen if w not in CASES] + [w for w in words[1:] if w not in NAMES]:
        sys.exit("not known: %s; ./check.py -l lists the cases; the clients are %s" % (", ".join(unknown), ", ".join(NAMES)))
    for name in sorted(set(fails) - set(CASES)) if words[0] == levels[0] else []:
        print("%s is not staged by this script; it fails: %s" % (name, ", ".join(fails[name])))
    with tempfile.TemporaryDirectory() as folder:
        certificate(folder)
        os.mkdir(folder + "/stranger")
        certificate(folder + "/stranger")
        for name in chosen:
            case = CASES[name]
            print("%s (%s): should %s" % (name, case.section, case.should), flush=True)
            for client in words[1:] or fails.get(name, []):
                if client not in NAMES:
                    print("  %-24s is not run by this script" % client)
                    continue
                tell(client, case, check(client, case, folder))
                sys.stdout.flush()


if __name__ == "__main__":
    main()
