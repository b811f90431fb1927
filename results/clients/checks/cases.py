"""What is sent in each check, what a client should do then, and how to see it.

Names are those of the sheets. `good` gets the run of a client: what it said
(standard output and error), its exit status, how long it took, the file that it
wrote, what the server was asked.
"""
import base64
import hashlib
import urllib.request
from dataclasses import dataclass
from email.utils import formatdate
from time import gmtime, strftime, time
from typing import Callable

from server import answer, data, headers, reset

FINAL = answer("final")
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload; as=style\r\n\r\n"
POISON = answer("poison")


@dataclass
class Case:
    section: str
    should: str
    scripts: dict
    good: Callable
    how: str = ""       # what the client is told beyond the URL, see clients.py
    urls: tuple = ("/start",)
    tls: bool = False
    h2: bool = False


def ok(run):
    return run.exit == 0


def failed(run):
    return run.exit != 0


def got_final(run):
    return ok(run) and "final" in run.said + run.file


def interim(octets, section="RFC 9110 §15.2"):
    script = [octets, FINAL] if isinstance(octets, bytes) else [*octets, FINAL]
    return Case(section, "get the 200 and its content, “final”", {"/start": script}, got_final)


def cut(octets, section="RFC 9112 §8", **more):
    return Case(section, "call that a failure", {"/start": [octets, "close"]}, failed, **more)


def success(line):
    return Case("RFC 9110 §15", "take it for a success, with its content", {"/start": [answer("final", line)]}, got_final)


def success_h2(code):
    return Case("RFC 9110 §15", "take it for a success, with its content",
                {"/1": [headers(":status: %d" % code, "content-type: text/plain"), data("final")]}, got_final, h2=True)


def failure_h2(code):
    return Case("RFC 9110 §15", "call that a failure",
                {"/1": [headers(":status: %d" % code, "content-type: text/plain"), data("sorry")]},
                lambda run: failed(run) or str(code) in run.said, h2=True)


def malformed(section, *frames):
    return Case(section, "call that a failure", {"/1": list(frames)}, failed, h2=True)


def in_step(first, section="RFC 9112 §6.3", good=None, **more):
    return Case(section, "give the second request its own answer, never “poison”",
                {"/1": first, "/2": [answer("its own")]},
                good or (lambda run: "poison" not in run.said + run.file and ("its own" in run.said + run.file or failed(run))), urls=("/1", "/2"), **more)


def at_once(octets, **more):
    return Case("RFC 9112 §6.3", "be done at the empty line", {"/start": [octets]}, lambda run: run.seconds < 4, **more)


def own(run):
    return "its own" in run.said + run.file or failed(run)


def tunnelled(toll):
    """A proxy, which asks for its toll or not, to an origin that asks for one too."""
    def connect(request, asked):
        if toll and "proxy-authorization" not in request["fields"]:
            return [answer("toll", "407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="road"')]
        return ["tunnel"]
    origin = [answer("final") if toll else answer("toll", "407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="road"')]
    return Case("RFC 9110 §11.7.2", "give its credentials for the proxy to nobody else", {"CONNECT": connect, "/start": origin},
                lambda run: run.asked[0]["method"] == "CONNECT" and not any("proxy-authorization" in a["fields"] for a in run.asked if a["method"] != "CONNECT"),
                how="proxy", tls=True)


def resumed(section, octets, untouched=False):
    """untouched: all that is forbidden is to put what came to what is there."""
    return Case(section, "not append what came" if untouched else "not call what it has then (it had “01234”) the whole file of ten digits",
                {"/start": lambda request, asked: [octets] if request["fields"].get("range", "").startswith("bytes=5-") else [answer("0123456789")]},
                lambda run: (untouched or failed(run)) and "0123456789".startswith(run.file) or run.file == "0123456789", how="resume")


def challenged(line, content="who?"):
    def script(request, asked):
        return [answer("final") if "authorization" in request["fields"] else answer(content, "401 Unauthorized", line)]
    return Case("RFC 9110 §11.6.1", "answer the challenge with its credentials", {"/start": script}, got_final, how="auth")


def revalidated(section, should, first_tag, second, good):
    def script(request, asked):
        if "if-none-match" in request["fields"]:
            return [b"HTTP/1.1 304 Not Modified\r\n" + second + b"Cache-Control: max-age=0\r\n\r\n"]
        return [answer("final", "200 OK", "X-Leaf: old", "ETag: " + first_tag, "Cache-Control: max-age=0")]
    return Case(section, should, {"/start": script}, good, how="cache", urls=("/start", "/start"))


def apart(run):
    connections = [a["connection"] for a in run.asked if "path" in a]
    return len(connections) < 3 or connections[1] != connections[2]


def kept_from(field, target, name="/there", code=302, how="secret", **more):
    """The caller sets a field for the first origin; a redirect leads to another."""
    return Case("RFC 9110 §15.4", "not give %s to the other origin" % field, {"/start": ["body", answer("", "%d Elsewhere" % code, "Location: " + target + name)]},
                lambda run: not any(field.lower() in a["fields"] for a in run.asked if a["path"] == name), how=how, **more)


def redirected(code, method, should, good):
    return Case("RFC 9110 §15.4", should, {"/start": ["body", answer("", "%d Elsewhere" % code, "Location: http://{at}/mark")]}, good, how=method)


def unexpecting(close):
    def script(request, asked):
        if "expect" not in request["fields"]:
            return ["body", FINAL]
        return [answer("no", "417 Expectation Failed", "Connection: close"), 0.2, "close"] if close else [answer("no", "417 Expectation Failed")]
    return Case("RFC 9110 §10.1.1", "send the request again without Expect", {"/start": script}, got_final, how="expecting")


def digested(request, asked):
    """Whether the request answers a challenge of digest_challenge() as RFC 7616, section 3.4.1, has it; with which algorithm and nonce."""
    scheme, _, rest = request["fields"].get("authorization", "").partition(" ")
    if scheme.lower() != "digest":
        return None
    p = urllib.request.parse_keqv_list(urllib.request.parse_http_list(rest))
    algorithm = p.get("algorithm", "MD5").upper()
    def h(*parts):
        return (hashlib.md5 if algorithm == "MD5" else hashlib.sha256)(":".join(parts).encode()).hexdigest()
    response = h(h("tea", "pots", "leaves"), p["nonce"], p["nc"], p["cnonce"], p["qop"], h(request["method"], request["path"]))
    return (algorithm, p["nonce"]) if response == p["response"] and p["uri"] == request["path"] else None


def digest_challenge(algorithm, nonce, more=""):
    return 'WWW-Authenticate: Digest realm="pots", qop="auth", algorithm=%s, nonce="%s"%s' % (algorithm, nonce, more)


def sha256_first(request, asked):
    if digested(request, asked):
        return [FINAL]
    return [answer("who?", "401 Unauthorized", digest_challenge("SHA-256", "one"), digest_challenge("MD5", "one"))]


def stale(request, asked):
    right = digested(request, asked)
    if right == ("MD5", "two"):
        return [FINAL]
    if right == ("MD5", "one"):
        return [answer("too old", "401 Unauthorized", digest_challenge("MD5", "two", ", stale=true"))]
    return [answer("who?", "401 Unauthorized", digest_challenge("MD5", "one"))]


def weakly_tagged(request, asked):
    if "range" in request["fields"]:
        return [answer("56789", "206 Partial Content", "Content-Range: bytes 5-9/10", 'ETag: W/"leaf"')]
    if len(asked) > 1:
        return [answer("0123456789", "200 OK", 'ETag: W/"leaf"')]
    return [b'HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nETag: W/"leaf"\r\nContent-Length: 10\r\n\r\n01234', 0.2, "close"]


def in_seconds(n):
    return formatdate(time() + n, usegmt=True)


def later(line, when=lambda: "2"):
    return Case("RFC 9110 §10.2.3", "wait for two seconds, if it asks again", {
        "/start": lambda request, asked: [FINAL] if len(asked) > 1 else [answer("", line, "Retry-After: " + when())]},
        lambda run: len(run.asked) < 2 or run.asked[1]["at"] - run.asked[0]["at"] > 1.9, how="retry")


def changed(line, tag):
    """The first answer breaks off; what comes for the rest is of another file."""
    def script(request, asked):
        if "range" in request["fields"]:
            return [answer("tea!!", "206 Partial Content", line, tag)]
        if len(asked) > 1:
            return [answer("0123456789", "200 OK", tag)]
        return [b'HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nETag: "leaf"\r\nContent-Length: 10\r\n\r\n01234', 0.2, "close"]
    return Case("RFC 9110 §15.3.7.3", "not put the two together", {"/start": script},
                lambda run: failed(run) or "01234tea!!" not in run.said + run.file, how="retry")


def bare(run):
    about = "content-type", "content-language", "content-location", "content-encoding"
    return not any(name in a["fields"] for a in run.asked if a["path"] == "/mark" for name in about)


def same_method(run):
    return len({a["method"] for a in run.asked}) == 1


def websocket(should, good, fields=b"", before=b""):
    def script(request, asked):
        key = request["fields"].get("sec-websocket-key", "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest())
        return [before + b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept +
                b"\r\n" + fields + b"\r\n", b"\x81\x03tea", 1, "close"]
    return Case("RFC 6455 §4.1", should, {"/start": script}, good, how="websocket")


def early_final(request, asked):
    return [answer("too early", "401 Unauthorized", 'WWW-Authenticate: Basic realm="tea"')]


DATE = "Tue, 03 Mar 2026 08:00:00 GMT"


def dated(request, asked):
    if "if-modified-since" in request["fields"]:
        return [answer("", "304 Not Modified", "Last-Modified: " + DATE)]
    return [answer("final", "200 OK", "Last-Modified: " + DATE, "Cache-Control: max-age=0")]


def numbered(text):
    return ("Content-Length: %d\r\n\r\n" % len(text)).encode() + text


OK = headers(":status: 200", "content-type: text/plain")

CASES = {
    "1xx-103-then-200": interim(EARLY),
    "1xx-102-then-200": interim(b"HTTP/1.1 102 Processing\r\n\r\n"),
    "1xx-100-unexpected": interim(b"HTTP/1.1 100 Continue\r\n\r\n", "RFC 9110 §15.2.1"),
    "1xx-unknown-199": interim(b"HTTP/1.1 199 Brewing\r\nX-Leaves: three\r\n\r\n"),
    "1xx-104-resumable": interim(b"HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /upload/1\r\n\r\n"),
    "1xx-no-fields": interim(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "1xx-five-103": interim(EARLY * 5),
    "1xx-split-packets": interim([step for i in range(len(EARLY)) for step in (EARLY[i:i + 1], 0.002)]),
    "1xx-transfer-encoding": Case("RFC 9112 §6.3, §6.1", "get the 200 and “final”, or refuse what no server may send", {
        "/start": [b"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n", FINAL]}, lambda run: got_final(run) or failed(run)),
    "1xx-then-close": Case("RFC 9110 §15.2; RFC 9112 §8", "call that a failure", {"/start": [EARLY, "close"]}, failed),
    "200-unknown-2xx": success("299 Steeped"),
    "203-as-200": success("203 Non-Authoritative Information"),
    "207-multistatus": success("207 Multi-Status"),
    "208-226-unknown-ok": success("226 IM Used"),
    "two-cl-differ": cut(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 8\r\nConnection: close\r\n\r\nteaspoon", "RFC 9112 §6.3"),
    "trunc-head": cut(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Le"),
    "trunc-length": cut(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"0123456789" * 4),
    "trunc-chunked": cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nplain\r\n"),
    "trunc-tls-no-close-notify": Case("RFC 9112 §9.8; §8", "call that a failure", {
        "/start": [b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nplain", 0.2, "cut"]}, failed, tls=True),
    "204-chunked": at_once(b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "204-content-length": at_once(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"),
    "304-content-length": at_once(b"HTTP/1.1 304 Not Modified\r\nETag: \"leaf\"\r\nContent-Length: 100\r\n\r\n", how="condition"),
    "200-trailing-response": in_step([b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nplain" + POISON]),
    "204-poison": in_step([b"HTTP/1.1 204 No Content\r\n" + numbered(POISON)]),
    "204-poison-late": in_step([b"HTTP/1.1 204 No Content\r\nContent-Length: %d\r\n\r\n" % len(POISON), 0.1, POISON], how="pause"),
    "304-poison": in_step([b"HTTP/1.1 304 Not Modified\r\nETag: \"leaf\"\r\n" + numbered(POISON)], how="condition"),
    "408-idle-close": in_step([FINAL, 0.1, b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "close"],
                              "RFC 9112 §9.2", lambda run: "408" not in run.said, how="pause"),
    "206-unasked": Case("RFC 9110 §15.3.7", "not pass the half off as the whole", {
        "/start": [answer("01234", "206 Partial Content", "Content-Range: bytes 0-4/10")]}, lambda run: failed(run) or "206" in run.said, how="status"),
    "206-short": resumed("RFC 9110 §15.3.7", answer("56", "206 Partial Content", "Content-Range: bytes 5-6/10")),
    "206-unknown-unit": resumed("RFC 9110 §14.4", answer("lines", "206 Partial Content", "Content-Range: lines 5-9/10")),
    "redirect-relative": Case("RFC 9110 §10.2.2; RFC 3986 §5.2", "ask for /a/b/c, /a/x?one, /a/x?two", {
        "/a/b/c": [answer("", "302 Found", "Location: ../x?one")],
        "/a/x": lambda request, asked: [answer("", "302 Found", "Location: ?two") if request["path"].endswith("?one") else answer("final")],
    }, lambda run: [a["path"] for a in run.asked] == ["/a/b/c", "/a/x?one", "/a/x?two"], urls=("/a/b/c",)),
    "redirect-fragment": Case("RFC 9110 §10.2.2", "name …/mark#steep for where the answer came from", {
        "/start": [answer("", "302 Found", "Location: http://{at}/mark")]}, lambda run: "/mark#steep" in run.said, urls=("/start#steep",), how="where"),
    "redirect-307-post": Case("RFC 9110 §15.4.8", "follow with POST and its content, or not at all", {
        "/start": ["body", answer("", "307 Temporary Redirect", "Location: http://{at}/mark")], "/mark": ["body", FINAL],
    }, lambda run: all(a["method"] == "POST" and a["content"] for a in run.asked), how="post"),
    "401-two-lines": challenged('WWW-Authenticate: Brew realm="pots"\r\nWWW-Authenticate: Basic realm="tea"'),
    "401-case-insensitive": challenged("WWW-Authenticate: bAsIc realm=tea"),
    "401-empty-elements": challenged('WWW-Authenticate: , , Basic realm="tea",'),
    "expect-final-401": Case("RFC 9110 §10.1.1; RFC 9112 §9.3", "send the announced content, or close: the next request stands where content has to be", {
        "/1": early_final}, lambda run: len({a["connection"] for a in run.asked}) == len(run.asked), urls=("/1", "/2"), how="expect"),
    "101-ws-unasked-extension": websocket("fail the connection", lambda run: "opened" not in run.said, b"Sec-WebSocket-Extensions: x-brew\r\n"),
    "101-ws-unasked-subprotocol": websocket("fail the connection", lambda run: "opened" not in run.said, b"Sec-WebSocket-Protocol: coffee\r\n"),
    "101-after-100": websocket("open the WebSocket (RFC 9110 §15.2)", lambda run: "opened" in run.said, before=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "304-update-fields": revalidated("RFC 9111 §4.3.4; §3.2", "hand over X-Leaf: new", '"leaf"', b'ETag: "leaf"\r\nX-Leaf: new\r\n',
                                     lambda run: "new" in run.said),
    "304-etag-mismatch": revalidated("RFC 9111 §4.3.4", "not update the stored answer (X-Leaf: old) from a 304 with another strong ETag", '"leaf"',
                                     b'ETag: "stem"\r\nX-Leaf: new\r\n', lambda run: "new" not in run.said),
    "h2-103-then-200": Case("RFC 9113 §8.1", "get the 200 and its content", {"/1": [headers(":status: 103", "link: </tea.css>; rel=preload"), OK, data("final")]}, got_final, h2=True),
    "h2-101": Case("RFC 9113 §8.6; RFC 9110 §15.2", "refuse it, or read over it", {"/1": [headers(":status: 101"), OK, data("final")]},
                   lambda run: failed(run) or "final" in run.said + run.file, h2=True),
    "h2-no-status": malformed("RFC 9113 §8.3.2", headers("content-type: text/plain"), data("final")),
    "h2-bad-status": malformed("RFC 9113 §8.3.2", headers(":status: 2x0", "content-type: text/plain"), data("final")),
    "h2-dup-status": malformed("RFC 9113 §8.3", headers(":status: 200", ":status: 200", "content-type: text/plain"), data("final")),
    "h2-late-status": malformed("RFC 9113 §8.3", headers("content-type: text/plain", ":status: 200"), data("final")),
    "h2-1xx-end-stream": malformed("RFC 9113 §8.1", headers(":status: 103", end=True)),
    "h2-status-in-trailers": malformed("RFC 9113 §8.1", OK, data("final", end=False), headers(":status: 200", end=True)),
    "h2-second-final": malformed("RFC 9113 §8.1", OK, OK, data("final")),
    "h2-cl-mismatch": malformed("RFC 9113 §8.1.1", headers(":status: 200", "content-type: text/plain", "content-length: 100"), data("final")),
    "h2-connection-field": malformed("RFC 9113 §8.2.2", headers(":status: 200", "connection: close", "content-type: text/plain"), data("final")),
    "h2-304-cl": Case("RFC 9113 §8.1.1", "accept it", {"/1": [headers(":status: 304", "content-length: 100", 'etag: "leaf"', end=True)]}, ok, h2=True),
    "h2-early-final-no-error": Case("RFC 9113 §8.1", "keep the answer", {"/1": [OK, data("final"), reset(0)]}, got_final, h2=True, how="upload"),
    "421-same-connection": Case("RFC 9110 §15.5.20", "if it asks again, do so over another connection", {
        "/1": [OK, data("final")], "/2": [headers(":status: 421", "content-type: text/plain"), data("not here")], "/3": [OK, data("final")],
    }, apart, urls=("/1", "/2"), h2=True),
    "redirect-auth-port": kept_from("Authorization", "http://127.0.0.1:{port}"),
    "redirect-auth-host": kept_from("Authorization", "http://127.0.0.2:{port}"),
    "redirect-auth-scheme": kept_from("Authorization", "http://127.0.0.1:{port}", tls=True),
    "redirect-auth-307": kept_from("Authorization", "http://127.0.0.2:{port}", code=307, how="secret-post"),
    "redirect-auth-dup": kept_from("Authorization", "http://127.0.0.2:{port}", how="secret-twice"),
    "redirect-cookie-host": kept_from("Cookie", "http://127.0.0.2:{port}"),
    "redirect-proxy-auth": kept_from("Proxy-Authorization", "http://127.0.0.2:{port}"),
    "redirect-content-headers": redirected(303, "post", "follow without fields about the content that is gone", bare),
    "redirect-302-put": redirected(302, "put", "follow with PUT, or not at all", same_method),
    "redirect-302-delete": redirected(302, "delete", "follow with DELETE, or not at all", same_method),
    "redirect-302-head": redirected(302, "head", "follow with HEAD, or not at all", same_method),
    "redirect-303-post": redirected(303, "post", "follow with GET", lambda run: [a["method"] for a in run.asked[1:]] in ([], ["GET"])),
    "redirect-308-post": redirected(308, "post", "follow with POST, or not at all", same_method),
    "reset-idle-retry": Case("RFC 9110 §9.2.2", "not send the POST again by itself", {"/2": ["body", "reset"]},
                             lambda run: len([a for a in run.asked if a["path"] == "/2"]) < 2, urls=("/1", "/2"), how="second-post"),
    "status-000-099": Case("RFC 9110 §15", "handle it as a failure of the server", {"/start": [answer("final", "000 Tea")]},
                           lambda run: failed(run) or "500" in run.said),
    "status-600-999": Case("RFC 9110 §15", "handle it as a failure of the server", {"/start": [answer("final", "600 Tea")]},
                           lambda run: failed(run) or run.said.startswith("600")),
    "expect-417": unexpecting(False),
    "expect-417-close": unexpecting(True),
    "expect-silent": Case("RFC 9110 §10.1.1", "send the content after a while all the same", {"/start": ["body", FINAL]}, got_final, how="expecting"),
    "503-seconds": later("503 Service Unavailable"),
    "429-seconds": later("429 Too Many Requests"),
    "503-date": later("503 Service Unavailable", lambda: in_seconds(3)),
    "429-date": later("429 Too Many Requests", lambda: in_seconds(3)),
    "206-etag-changed": changed("Content-Range: bytes 5-9/10", 'ETag: "stem"'),
    "206-total-changed": changed("Content-Range: bytes 5-9/12", 'ETag: "leaf"'),
    "401-two-in-one-line": challenged('WWW-Authenticate: Brew realm="pots", Basic realm="tea"'),
    "401-digest-sha256": Case("RFC 7616 §3.7", "answer with the first algorithm that it knows, SHA-256 or MD5", {"/start": sha256_first}, got_final, how="auth"),
    "401-digest-stale": Case("RFC 7616 §3.3", "answer once more, with the nonce “two”", {"/start": stale}, got_final, how="auth"),
    "304-if-modified-since": Case("RFC 9111 §4.3.1", "ask the second time with If-Modified-Since", {"/start": dated},
                                  lambda run: [a["fields"].get("if-modified-since") for a in run.asked] == [None, DATE], urls=("/start", "/start"), how="cache", tls=True),
    "408-post": Case("RFC 9110 §9.2.2; §15.5.9", "send the POST once, or again, as the second section allows", {
        "/1": [OK, data("plain")], "/2": [0.2, headers(":status: 408", "content-type: text/plain"), data("too slow")], "/3": [OK, data("final")],
    }, lambda run: len([a for a in run.asked if "path" in a]) == 2, urls=("/1", "/2"), how="second-post", h2=True),
    "h2-2xx": success_h2(203),
    "h2-4xx": failure_h2(418),
    "h2-5xx": failure_h2(508),
    "1xx-content-length": Case("RFC 9112 §6.3", "read the 103 to its empty line and get “final”, or refuse; never “poison”", {
        "/start": [b"HTTP/1.1 103 Early Hints\r\nContent-Length: %d\r\n\r\n" % len(FINAL) + FINAL + POISON, "close"]},
        lambda run: "poison" not in run.said + run.file and (got_final(run) or failed(run))),
    "1xx-to-head": Case("RFC 9112 §6.3; RFC 9110 §15.2", "get the 200, and be done at its empty line", {
        "/start": [EARLY + b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"]}, lambda run: ok(run) and "200" in run.said and run.seconds < 4, how="head"),
    "1xx-field-bleed": Case("RFC 8297 §2", "hand over the 200 without the field of the 103", {
        "/start": [b"HTTP/1.1 103 Early Hints\r\nX-Leaf: early\r\n\r\n", FINAL]}, lambda run: got_final(run) and "early" not in run.said),
    "1xx-103-reuse": in_step([EARLY, 0.3, answer("plain")], "RFC 9110 §15.2", own),
    "205-with-body": in_step([b"HTTP/1.1 205 Reset Content\r\n" + numbered(POISON)], good=own),
    "cl-and-te": in_step([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(POISON) + POISON + b"\r\n0\r\n\r\n"], good=own),
    "close-after-response": Case("RFC 9112 §9.6", "send the second request on another connection", {
        "/1": [answer("plain", "200 OK", "Connection: close")]}, lambda run: len({a["connection"] for a in run.asked}) == 2, urls=("/1", "/2")),
    "head-200-length": at_once(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", how="head"),
    "head-200-chunked": at_once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", how="head"),
    "206-wrong-offset": resumed("RFC 9110 §15.3.7", answer("0123456789", "206 Partial Content", "Content-Range: bytes 0-9/10"), untouched=True),
    "206-no-content-range": resumed("RFC 9110 §15.3.7", answer("0123456789", "206 Partial Content"), untouched=True),
    "206-invalid-range": resumed("RFC 9110 §14.4", answer("teapo", "206 Partial Content", "Content-Range: bytes 9-5/10"), untouched=True),
    "206-star-length": resumed("RFC 9110 §14.4", answer("56789", "206 Partial Content", "Content-Range: bytes 5-9/*")),
    "200-to-range": resumed("RFC 9110 §14.2", answer("0123456789")),
    "if-range-weak": Case("RFC 9110 §13.1.5", "ask for the rest without the weak tag in If-Range", {"/start": weakly_tagged},
                          lambda run: not any(a["fields"].get("if-range", "").startswith("W/") for a in run.asked), how="retry"),
    "401-body-keepalive": challenged('WWW-Authenticate: Basic realm="tea"', "who are you?\n" * 8000),
    "407-from-origin": tunnelled(False),
    "proxy-auth-not-to-origin": tunnelled(True),
    "redirect-body-unread": Case("RFC 9112 §9.3", "follow in step", {
        "/start": [answer("leaves\n" * 150000, "302 Found", "Location: http://{at}/mark")], "/mark": [FINAL]}, got_final),
    "redirect-referer": Case("RFC 9110 §10.1.3", "send no Referer from https to http", {
        "/start": [answer("", "302 Found", "Location: http://127.0.0.1:{port}/mark")]},
        lambda run: not any("referer" in a["fields"] for a in run.asked if a["path"] == "/mark"), tls=True),
    "redirect-crlf-location": Case("RFC 9110 §2.2", "ask for /tea%0d%0aX-Leaf:%201, in one line", {
        "/start": [answer("", "302 Found", "Location: http://{at}/tea%0d%0aX-Leaf:%201")]},
        lambda run: [a["path"].lower().replace("%3a", ":") for a in run.asked] == ["/start", "/tea%0d%0ax-leaf:%201"] and "x-leaf" not in run.asked[1]["fields"]),
    "304-cache-reuse": revalidated("RFC 9111 §4.3.3", "hand over the stored content, twice “final”", '"leaf"', b'ETag: "leaf"\r\n',
                                   lambda run: run.said.count("final") == 2),
    "4xx-unknown": Case("RFC 9110 §15", "call that a failure, or say 499", {"/start": [answer("sorry", "499 Tea")]}, lambda run: failed(run) or "499" in run.said),
    "5xx-unknown": Case("RFC 9110 §15", "call that a failure, or say 599", {"/start": [answer("sorry", "599 Tea")]}, lambda run: failed(run) or "599" in run.said),
    "429-date-rfc850": later("429 Too Many Requests", lambda: strftime("%A, %d-%b-%y %H:%M:%S GMT", gmtime(time() + 3))),
    "511-redirected-tls": Case("RFC 9110 §4.3.4", "ask nothing of who has the certificate of a stranger", {"/start": [answer("pay", "511 Network Authentication Required")]},
                               lambda run: failed(run) and not run.asked, how="stranger", tls=True),
    "expect-final-200": Case("RFC 9110 §10.1.1", "take the answer", {"/start": [answer("final", "200 OK", "Connection: close"), 1, "close"]}, got_final, how="expecting"),
}
CASES["expect-final-then-reuse"] = CASES["expect-final-401"]

# What check.py passes asks of clients that pass: the passes that were likeliest to be false.
DOUBTED = [
    "1xx-content-length", "1xx-to-head", "1xx-field-bleed", "1xx-103-reuse", "1xx-then-close", "204-poison-late", "205-with-body", "304-poison", "cl-and-te",
    "two-cl-differ", "trunc-length", "trunc-chunked", "close-after-response", "408-idle-close", "head-200-length", "head-200-chunked",
    "206-wrong-offset", "206-no-content-range", "206-invalid-range", "206-star-length", "200-to-range", "206-unasked", "if-range-weak",
    "304-cache-reuse", "304-etag-mismatch", "401-body-keepalive", "407-from-origin", "proxy-auth-not-to-origin", "redirect-307-post",
    "redirect-body-unread", "redirect-referer", "redirect-crlf-location", "4xx-unknown", "5xx-unknown", "429-date-rfc850", "511-redirected-tls", "expect-final-200",
    "1xx-transfer-encoding", "204-chunked", "304-content-length", "redirect-relative", "401-empty-elements", "h2-101", "h2-103-then-200", "h2-bad-status",
    "h2-cl-mismatch", "h2-connection-field", "h2-second-final", "h2-status-in-trailers", "h2-early-final-no-error",
]
