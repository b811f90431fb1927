"""What the client sends in each check, what the origin answers, and when a
proxy has broken the cited sentence by it.

Names are those of the sheets. In requests {to} is the target, {host} the host
that belongs to it, {hidden} a request that stands in another's content or behind
it, and {all} the length of the content. `broken` gets what was seen: `asked`,
the requests that came to the origin; `hidden`, those to which that came;
`answers`, what came to the client for each request, and `last` of them; `forward`,
whether the proxy is one that clients choose. A gateway has a server's duties
towards clients, and a client's towards its origin (RFC 9110 §3.7).
"""
import time
from dataclasses import dataclass, field
from typing import Any, Callable

from wire import Answer, fields


@dataclass
class Seen:
    forward: bool
    host: str
    asked: list = field(default_factory=list)
    hidden: list = field(default_factory=list)
    answers: list = field(default_factory=list)

    @property
    def last(self):
        return self.answers[-1] if self.answers else Answer()


@dataclass
class Case:
    section: str
    should: str                  # what the proxy should do
    broken: Callable
    answer: Any                  # of the origin: octets, or a function of number and request
    send: tuple                  # requests
    keep: bool = False           # the origin keeps its connection
    pause: float = 0.2           # seconds between them; a cache may store after it has answered


def request(*lines, method="GET", version="1.1", host="{host}", content=""):
    names = ["Host: " + host] if host else []
    return "\r\n".join(["%s {to} HTTP/%s" % (method, version), *names, *lines]) + "\r\n\r\n" + content


def answer(*lines, line="200 OK", content="ok", length=True, close=True):
    framing = ["Content-Length: %d" % len(content)] if length else []
    rest = ["Content-Type: text/plain", "Cache-Control: no-store"] + ["Connection: close"] * close
    return ("\r\n".join(["HTTP/1.1 " + line, *rest, *lines, *framing]) + "\r\n\r\n" + content).encode("latin-1")


PLAIN, KEPT = (request(),), answer(close=False)
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </tea.css>; rel=preload\r\n\r\n"
TRAP = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nnot an answer"


def asks(section, should, wrong, *lines, **more):
    """A request; wrong(head) is about what came to the origin of it."""
    return Case(section, should, lambda s: any(wrong(a) for a in s.asked), answer(), (request(*lines, **more),))


def refused(section, sent):
    """A request that gets 400, or a close."""
    return Case(section, "refuse it with 400", lambda s: s.last.status != 400 and not (s.last.closed and not s.last.head), answer(), (sent,))


def hosts(sent):
    """Or, of a forward proxy, one whose Host is that of its URI: RFC 9112 §3.2.2."""
    case = refused("RFC 9112 §3.2", sent)
    by_status = case.broken
    case.broken = lambda s: by_status(s) and not (s.forward and s.asked and fields(s.asked[0], "host") == [s.host])
    return case


def smuggled(section, sent):
    def broken(s):
        both = [a for a in s.asked if fields(a, "content-length") and fields(a, "transfer-encoding")]
        return bool(s.hidden or both or len(s.asked) > 1)
    return Case(section, "refuse it, or close behind it: the hidden request is nobody's", broken, KEPT, (sent,), keep=True)


def misframed(*lines):
    return Case("RFC 9112 §6.3", "throw the answer away, and say 502", lambda s: 0 < s.last.status < 500, answer(*lines, content="ok!", length=False), PLAIN)


def cut(section, *lines, content):
    """What is not whole has to be seen to be cut, or is told of by 5xx."""
    return Case(section, "not make a whole answer of one that is not", lambda s: s.last.status < 500 and s.last.framed() is not None,
                answer(*lines, content=content, length=False), PLAIN)


def bare(section, octets, status, *sent, length=False):
    def broken(s):
        last = s.last
        if last.status >= 500:
            return False
        framing = fields(last.head, "transfer-encoding") or not length and fields(last.head, "content-length")
        return bool(last.status != status or last.rest or framing)
    return Case(section, "pass no content on, nor its framing", broken, octets, (request(*sent),))


def unclean(section, line, octets):
    return Case(section, "replace the octet, or say 502", lambda s: s.last.status < 500 and octets in s.last.octets, answer(line), PLAIN)


def interim(octets, status=200):
    """A gateway may keep them, but has to bear them."""
    final = answer(line="%d Final" % status, content="final", close=False)
    return Case("RFC 9110 §15.2", "give the client the final answer, “final”", lambda s: s.last.status != status or s.last.content != b"final",
                octets + final, PLAIN, keep=True)


def no_hop(section, wrong, octets, should="remove what Connection names", **more):
    return Case(section, should, wrong, octets, PLAIN, **more)


def stored(section, should, broken, fresh, *sent, **more):
    return Case(section, should, broken, answer_from(fresh), sent, keep=True, **more)


def answer_from(fresh):
    return ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n%s\r\nContent-Length: 6\r\n\r\nstored" % fresh).encode()


FRESH = 'Cache-Control: public, max-age=3600\r\nETag: "leaf"'
CHUNKED = "Transfer-Encoding: chunked"


def once(fresh):
    """Answers the first request, and closes at all others."""
    return lambda number, _: answer_from(fresh) if number == 0 else None


def via(head):
    return [member.strip() for value in fields(head, "via") for member in value.split(",")]


def too_many(head):
    """Max-Forwards, of which 5 came, is none of 0 to 4."""
    return fields(head, "max-forwards") not in ([str(n)] for n in range(5))


HOPS = ("Proxy-Connection: leaf", "Keep-Alive: leaf=1", "Upgrade: leaf/1")


def hops(head):
    return any("leaf" in value for name in ("proxy-connection", "keep-alive", "te", "upgrade") for value in fields(head, name))


CASES = {
    # Answers without content.
    "204-chunked": bare("RFC 9112 §6.1", b"HTTP/1.1 204 No Content\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 204),
    "204-with-content": bare("RFC 9110 §8.6, §15.3.5", b"HTTP/1.1 204 No Content\r\nConnection: close\r\nContent-Length: 5\r\n\r\nbogus", 204),
    "204-with-length-zero": bare("RFC 9110 §8.6", b"HTTP/1.1 204 No Content\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 204),
    "304-with-content": bare("RFC 9110 §15.4.5", b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\nETag: \"leaf\"\r\nContent-Length: 5\r\n\r\nbogus", 304,
                             'If-None-Match: "leaf"', length=True),
    "surplus-after-204": Case("RFC 9112 §6.3", "throw away what follows a 204, with its connection", lambda s: any(b"not an answer" in a.octets for a in s.answers),
                              ("HTTP/1.1 204 No Content\r\nContent-Length: %d\r\n\r\n%s" % (len(TRAP), TRAP)).encode(), PLAIN, keep=True),

    # Framing.
    "lengths-differ": misframed("Content-Length: 2", "Content-Length: 3"),
    "length-not-number": misframed("Content-Length: two"),
    "length-negative": misframed("Content-Length: -2"),
    "length-too-large": cut("RFC 9110 §8.6; RFC 9112 §6.3", "Content-Length: 99999999999999999999", content="ok!"),
    "cut-short-of-length": cut("RFC 9112 §8", "Content-Length: 100", content="only this"),
    "cut-in-chunk": cut("RFC 9112 §8", CHUNKED, content="64\r\nonly this"),
    "cut-without-last-chunk": cut("RFC 9112 §8", CHUNKED, content="9\r\nonly this\r\n"),
    "chunk-size-garbled": cut("RFC 9112 §8, §7.1", CHUNKED, content="zz\r\nonly this\r\n0\r\n\r\n"),
    "chunk-size-overflow": cut("RFC 9112 §7.1, §8", CHUNKED, content="10000000000000009\r\nonly this\r\n0\r\n\r\n"),
    "chunked-to-http10": Case("RFC 9112 §6.1", "send no Transfer-Encoding to HTTP/1.0", lambda s: bool(fields(s.last.head, "transfer-encoding")),
                              answer(CHUNKED, content="3\r\ntea\r\n0\r\n\r\n", length=False), (request(version="1.0"),)),
    "http10-origin-whole": Case("RFC 9110 §2.5; RFC 9112 §2.3", "pass all of it on, in its own version", lambda s: not s.last.head.startswith(b"HTTP/1.1 200") or s.last.content != b"all of it",
                                b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it", PLAIN),

    # Octets that no field has.
    "bare-cr-in-value": unclean("RFC 9112 §2.2", "X-Tea: leaf\rX-Stem: twig", b"leaf\rX-Stem"),
    "nul-in-value": unclean("RFC 9110 §5.5", "X-Tea: le\0af", b"\0"),
    "request-nul": asks("RFC 9110 §5.5", "replace the octet, or say 400", lambda head: b"\0" in head, "X-Tea: le\0af"),

    # Interim answers.
    "interim-100-unasked": interim(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "interim-102-passed": interim(b"HTTP/1.1 102 Processing\r\n\r\n"),
    "interim-103-passed": interim(HINT),
    "interim-unknown-passed": interim(b"HTTP/1.1 199 Whatever\r\n\r\n"),
    "interim-two-in-order": interim(b"HTTP/1.1 102 Processing\r\n\r\n" + HINT),
    "interim-103-before-404": interim(HINT, 404),
    "interim-103-to-http10": Case("RFC 9110 §15.2", "send no 1xx to HTTP/1.0", lambda s: bool(s.last.interim), HINT + KEPT, (request(version="1.0"),), keep=True),
    "expect-http10-client": Case("RFC 9110 §15.2, §10.1.1", "send no 1xx to HTTP/1.0", lambda s: bool(s.last.interim), b"HTTP/1.1 100 Continue\r\n\r\n" + KEPT,
                                 (request("Expect: 100-continue", "Content-Length: 3", method="POST", version="1.0", content="tea"),), keep=True),
    "interim-connection-field": no_hop("RFC 9110 §7.6.1", lambda s: any(fields(head, "x-tea") for head in s.last.interim),
                                       b"HTTP/1.1 103 Early Hints\r\nConnection: X-Tea\r\nX-Tea: leaf\r\nLink: </a>; rel=preload\r\n\r\n" + KEPT, keep=True),
    "switch-unasked": Case("RFC 9110 §7.8", "not switch where nobody has asked for it", lambda s: s.last.status == 101,
                           b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tea\r\n\r\nsteam", PLAIN),

    # Fields.
    "response-nominated-removed": no_hop("RFC 9110 §7.6.1", lambda s: s.last.status == 200 and b"x-tea" in s.last.head.lower(), answer("Connection: X-Tea", "X-Tea: leaf", close=False), keep=True),
    "request-nominated-removed": asks("RFC 9110 §7.6.1", "remove what Connection names", lambda head: b"x-bar" in head.lower(), "Connection: X-Bar", "X-Bar: leaf"),
    "request-te-removed": asks("RFC 9110 §7.6.1, §10.1.4", "remove TE", lambda head: any("leaf" in v for v in fields(head, "te")), "Connection: TE", "TE: leaf"),
    "via-in-request": asks("RFC 9110 §7.6.3", "add itself to Via", lambda head: not via(head)),
    "via-appended-in-request": asks("RFC 9110 §7.6.3", "add itself to Via, behind “1.0 fred”", lambda head: len(via(head)) < 2 or "fred" not in via(head)[0], "Via: 1.0 fred"),
    "request-hop-fields-removed": asks("RFC 9110 §7.6.1", "remove them", hops, *HOPS),
    "response-hop-fields-removed": no_hop("RFC 9110 §7.6.1", lambda s: s.last.status == 200 and hops(s.last.head), answer(*HOPS, "TE: leaf"), should="remove them"),
    "date-added": Case("RFC 9110 §6.6.1", "add Date to an answer without", lambda s: s.last.status == 200 and not fields(s.last.head, "date"), answer(), PLAIN),
    "max-forwards-0-options": asks("RFC 9110 §7.6.2", "answer itself", lambda head: True, "Max-Forwards: 0", method="OPTIONS"),
    "max-forwards-0-trace": asks("RFC 9110 §7.6.2", "answer itself", lambda head: True, "Max-Forwards: 0", method="TRACE"),
    "max-forwards-lessened": asks("RFC 9110 §7.6.2", "pass on 4, or less", too_many, "Max-Forwards: 5", method="OPTIONS"),
    "method-case-kept": asks("RFC 9110 §9.1, §2.4", "pass on “get”, or refuse it", lambda head: not head.startswith(b"get "), method="get"),

    "version-1.2-as-1.1": Case("RFC 9110 §2.5, §6.2", "take it like HTTP/1.1", lambda s: s.last.status != 200, answer(), (request(version="1.2"),)),

    # Requests that are to be refused, and such as mean two.
    "no-host": hosts(request(host="")),
    "two-hosts": hosts(request("Host: other.example")),
    "host-malformed": hosts(request(host="a b@c/d")),
    "request-length-not-number": refused("RFC 9112 §6.3", request("Content-Length: two", method="POST")),
    "request-lengths-differ": refused("RFC 9112 §6.3", request("Content-Length: 0", "Content-Length: 3", method="POST")),
    "smuggle-length-and-coding": smuggled("RFC 9112 §6.1, §11.2", request("Content-Length: {all}", CHUNKED, method="POST", content="0\r\n\r\n{hidden}")),
    "smuggle-coding-vertical-tab": smuggled("RFC 9112 §6.3, §11.2", request("Content-Length: {all}", "Transfer-Encoding: \x0bchunked", method="POST", content="0\r\n\r\n{hidden}")),
    "coding-in-http10-request": smuggled("RFC 9112 §6.1", request("Connection: keep-alive", CHUNKED, method="POST", version="1.0", content="3\r\ntea\r\n0\r\n\r\n{hidden}")),

    # Caches.
    "cache-age-on-reuse": stored("RFC 9111 §4", "send Age with a stored answer", lambda s: len(s.asked) == 1 and not fields(s.last.head, "age"), FRESH, request(), request()),
    "cache-authorized-not-shared": stored("RFC 9111 §3.5", "not give somebody else what was for credentials", lambda s: len(s.asked) < 2, "Cache-Control: max-age=3600",
                                          request("Authorization: Basic dGVhOmxlYWY="), request()),
    "cache-post-invalidates": stored("RFC 9111 §4.4", "ask the origin behind a POST that succeeded", lambda s: len(s.asked) < 3, FRESH,
                                     request(), request("Content-Length: 3", method="POST", content="tea"), request()),
    "cache-must-revalidate": Case("RFC 9111 §5.2.2.2", "say 504, not the stale answer", lambda s: 0 < s.last.status < 500,
                                  once('Cache-Control: public, max-age=1, must-revalidate\r\nETag: "leaf"'), (request(), request()), keep=True, pause=2.2),
}
