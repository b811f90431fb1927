"""What each check asks, and which answers are right.

Names are those of the sheets. A request says {file}, {encoded} (the same with a
letter percent-encoded), {host}, {missing}, {private}, {write} and {made} for
places of the server (made is a name of the check's own where writing is
declared), and {etag}, {weak}, {modified}, {earlier}, {later}, {rfc850},
{asctime} and {size} for what the plain GET of the file said of it. What is
asked may also be a function, which asks for what has to be there before and
returns the last question. `good` gets the answer and the server.
"""
import re
from dataclasses import dataclass
from typing import Callable

from wire import Request


class NotStaged(Exception):
    """The server gives no occasion for the question."""


@dataclass
class Case:
    section: str
    right: str
    ask: object     # a Request, or a function that returns it
    good: Callable
    shows: tuple = ()   # fields of the answer that matter


def get(*fields, method="GET", target="{file}"):
    """A request with fields, each written as "Name: value"."""
    return Request(method, target, tuple(tuple(line.split(": ", 1)) for line in fields))


def put(content, *fields, target="{made}"):
    request = get("Content-Type: text/plain", *fields, method="PUT", target=target)
    request.content = content
    return request


# What may have come. §9.5 of RFC 9112 lets a connection end at any time, and a
# malformed request of HTTP/2 or HTTP/3 is a stream error.

def ended(a):
    return not a.status and (a.end == "closed" or "reset" in a.end or "GOAWAY" in a.end or "connection closed" in a.end)


def status(*codes):
    return lambda a, s: a.status in codes


def refused(a, s):
    return a.status == 400 or ended(a)


def any_refusal(a, s):
    return 400 <= a.status < 500 or a.status == 501 or ended(a)


def no_more(a):
    return a.end == "closed" and not a.after


LONG_AGO = "Sat, 29 Oct 1994 19:43:31 GMT"


# RFC 9110 §13: conditions.

def condition(section, right, *fields, good=None, method="GET", shows=()):
    codes = (int(word) for word in right.replace(",", " ").split() if word.isdigit())
    return Case("RFC 9110 " + section, right, get(*fields, method=method), good or status(*codes), shows)


def old_date(form):
    def ask(s):
        if s.ask(get("If-Modified-Since: {modified}")).status != 304:
            raise NotStaged("it does not look at If-Modified-Since in today's form either")
        return get("If-Modified-Since: {%s}" % form)
    return Case("RFC 9110 §5.6.7", "304: the three forms of date mean the same", ask, status(304))


def repeats(a, s):
    names = "etag", "date", "cache-control", "content-location", "expires", "vary"
    return a.status == 304 and all(a.has(n) for n in names if s.file.has(n))


def own_length(a, s):
    return a.status == 304 and a.get("content-length") in ("", str(len(s.file.content)))


# RFC 9110 §14, §13.1.5: ranges.

def whole(a, s):
    return a.status == 200 and a.content == s.file.content and not a.has("content-range")


def no_empty_part(a, s):
    """Content-Range has to name octets, and those have to be there; that nothing is sent is a SHOULD."""
    span = re.fullmatch(r"bytes (\d+)-(\d+)/%d" % len(s.file.content), a.get("content-range"))
    return a.status in (416, 400) or whole(a, s) or a.status == 206 and span and a.content == s.file.content[int(span[1]):int(span[2]) + 1] != b""


def if_range(validator, range="bytes=0-9", good=whole):
    return Case("RFC 9110 §13.1.5", "200 with all of the file: If-Range is false", get("Range: " + range, "If-Range: " + validator), good)


# RFC 9110 §9.3.4, §13: PUT and DELETE with conditions, where something was put.

def stored(condition, method="PUT", section="§13.1.1", good=status(412)):
    def ask(s):
        s.must(put("oolong"))
        fields = condition(s) if callable(condition) else condition
        return put("sencha", fields) if method == "PUT" else get(fields, method=method, target="{made}")
    return Case("RFC 9110 " + section, "412", ask, good)


def undated(a, s):
    """What has no date cannot be compared."""
    return a.status == 412 or not s.ask(get(target="{made}")).has("last-modified")


def tag(prefix=""):
    def field(s):
        return "If-None-Match: " + prefix + s.strong_tag("{made}")
    return field


def put_new(s):
    return put("oolong", "If-Match: *", target="{made}-new")


# RFC 4918: WebDAV.

LOCK = ('<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>'
        '<D:locktype><D:write/></D:locktype></D:lockinfo>')


def xml(method, target, content, *fields):
    request = get("Content-Type: application/xml", *fields, method=method, target=target)
    request.content = content
    return request


def locked_member(s):
    s.must(get(method="MKCOL", target="{made}/"))
    s.must(put("oolong", target="{made}/tea"))
    s.must(xml("LOCK", "{made}/tea", LOCK, "Timeout: Second-60"))
    if s.ask(put("sencha", target="{made}/tea")).status != 423:
        raise NotStaged("the lock does not hold")
    return get(method="DELETE", target="{made}/")


def member_stays(a, s):
    return (a.status == 207 or 400 <= a.status < 500) and s.ask(get(target="{made}/tea")).status == 200


# RFC 9113 §8, RFC 9114 §4: field sections, line by line.

PLAIN = ((":method", "GET"), (":scheme", "https"), (":authority", "{host}"), (":path", "{file}"))


def section(lines, right="400 or the end of the stream", good=refused, of="RFC 9113 §8.3; RFC 9114 §4.3"):
    return Case(of, right, Request(lines=tuple(lines)), good)


def pseudo(*lines, without=(), before=()):
    return section(before + tuple(line for line in PLAIN if line[0] not in without) + lines, of="RFC 9113 §8.3, §8.3.1; RFC 9114 §4.3, §4.3.1")


def line(name, value, of="RFC 9113 §8.2.2; RFC 9114 §4.2"):
    return section(PLAIN + ((name, value),), of=of)


FORM = "RFC 9113 §8.2.1; RFC 9114 §4.2, §10.3"


# RFC 9112 §3.2: Host.

def host(*lines, target="{file}"):
    octets = "GET " + target + " HTTP/1.1\r\n" + "".join(line + "\r\n" for line in lines) + "\r\n"
    return Case("RFC 9112 §3.2", "400, or a close", Request(octets=octets), refused)


# RFC 9112 §5 to §7: framing.

TOP = "GET {file} HTTP/1.1\r\nHost: {host}\r\n"


def framed(rest, of="§6.3", also=(), right=None):
    """Where the message ends is not certain."""
    return Case("RFC 9112 " + of, right or "400 and a close, or only that", Request(octets=TOP + rest),
                lambda a, s: a.status in (400, *also) and no_more(a) or ended(a))


def read(rest, also=()):
    """Chunks that have to be read, so that nothing of them is left over."""
    return Case("RFC 9112 §7.1", "200, once", Request(octets=TOP + "Transfer-Encoding: " + rest),
                lambda a, s: (a.status == 200 or a.status in also) and not a.after)


def name_of_field(line, of="RFC 9112 §2.2, §5; RFC 9110 §5.1"):
    return Case(of, "400, or a close", Request(octets=TOP + line + "\r\n\r\n"), refused)


def no_second(a, s):
    return not a.after and (a.status == 200 or any_refusal(a, s))


def then_the_file(a, s):
    """What followed the answer is the answer to the second request, or nothing does."""
    return ended(a) or a.end == "closed" and not a.after or a.after.startswith(b"HTTP/1.1 200")


def withheld(word):
    request = get("Expect: " + word)
    request.content, request.hold = "oolong", 1
    return Case("RFC 9110 §10.1.1", "100 or another answer before the content comes", request,
                lambda a, s: 100 in a.interim or a.status and a.seconds < 1 or ended(a))


def has_allow(a, s):
    return a.status != 405 or a.has("allow")


def a_405(s):
    for method in "TRACE", "OPTIONS", "PROPFIND", "FROTH", "FROTH" * 40:
        if s.ask(get(method=method)).status == 405:
            return get(method=method)
    raise NotStaged("no method is answered with 405")


def patch(s):
    request = get("Content-Type: application/merge-patch+json", method="PATCH", target="{made}")
    request.content = "{}"
    return request


def tunnel(target):
    return Case("RFC 9110 §9.3.6", "no 2xx: that would be a tunnel", Request(octets="CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (target, target.rstrip(":"))),
                lambda a, s: not 200 <= a.status < 300)


def dated(code):
    return lambda a, s: a.status in code and a.has("date")


# What is asked for by a SHOULD.

def first_line(words, right, good, of="RFC 9112 §3", top="Host: {host}\r\n"):
    return Case(of, right, Request(octets=words + "\r\n" + top + "\r\n"), good)


def no_version(words):
    return first_line(words, "400 or 505, or a close", lambda a, s: a.status in (400, 505) or ended(a), "RFC 9112 §2.2, §2.3")


def bad_target(words, *also):
    return first_line(words, "400, a redirect to the right one, or a close", lambda a, s: a.status in (400, 301, 308, *also) or ended(a), "RFC 9112 §3, §3.2")


def not_http(good):
    return Case("RFC 9112 §2.2", "400 and a close, or only that", Request(octets="\x80\0\xff\x17\r\n\r\n"), good)


def unknown(method, *fields, also=(), of="RFC 9110 §9.1"):
    return Case(of, "501 or 405, or another refusal", get(*fields, method=method), lambda a, s: a.status in (501, 405, 400, 401, 403, *also) or ended(a))


def traced(good, *fields):
    return Case("RFC 9110 §9.3.8", "the request as content without what may be secret, or a refusal", get(*fields, method="TRACE", target="{file}?check"),
                lambda a, s: a.status == 200 and good(a) or any_refusal(a, s))


def ranged(value, right, good):
    return Case("RFC 9110 §14.2, §14.1", right, get("Range: " + value), lambda a, s: good(a, s) or whole(a, s))


def part(first, last):
    return lambda a, s: a.status == 206 and a.content == s.file.content[first:last]


def explained(*codes):
    return lambda a, s: a.status in codes and a.content != b""


def not_chunked(content):
    return Case("RFC 9112 §2.2, §7.1", "one answer and a close", Request(octets=TOP + "Transfer-Encoding: chunked\r\n\r\n" + content),
                lambda a, s: a.status and no_more(a) or ended(a))


def elsewhere(a, s):
    return a.status in (421, 404) or refused(a, s)


def same_version(a, s):
    return a.version == s.file.version


HTTP10 = "GET {file} HTTP/1.0\r\nHost: {host}\r\n"

CASES = {
    # Conditions.
    "if-none-match-weak": condition("§13.1.2", "304", "If-None-Match: {weak}"),
    "if-none-match-list": condition("§13.1.2", "304", 'If-None-Match: "statute", {etag}'),
    "if-none-match-two-lines": condition("§13.1.2, §5.2", "304, or 400", 'If-None-Match: "statute"', "If-None-Match: {etag}"),
    "if-none-match-any": condition("§13.1.2", "304", "If-None-Match: *"),
    "if-match-miss": condition("§13.1.1", "412", 'If-Match: "statute"'),
    "if-match-weak": condition("§13.1.1, §8.8.3.2", "412", "If-Match: {weak}"),
    "if-unmodified-since-long-ago": condition("§13.1.4", "412", "If-Unmodified-Since: " + LONG_AGO),
    "if-unmodified-since-earlier": condition("§13.1.4", "412", "If-Unmodified-Since: {earlier}"),
    "if-unmodified-since-unreadable": condition("§13.1.4", "200", "If-Unmodified-Since: oolong"),
    "if-modified-since-rfc850": old_date("rfc850"),
    "if-modified-since-asctime": old_date("asctime"),
    "if-modified-since-options": condition("§13.1.3, §13.2.1", "neither 304 nor 412", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", method="OPTIONS",
                                           good=lambda a, s: a.status and a.status not in (304, 412)),
    "order-if-match-before-the-rest": condition("§13.2.2", "304", "If-Match: {etag}", "If-None-Match: {etag}", "If-Unmodified-Since: " + LONG_AGO),
    "order-if-unmodified-since-beside-if-match": condition("§13.1.4", "200", "If-Match: {etag}", "If-Unmodified-Since: " + LONG_AGO),
    "order-if-none-match-hit-modified": condition("§13.1.3", "304", "If-None-Match: {etag}", "If-Modified-Since: " + LONG_AGO),
    "order-if-match-miss-if-none-match-hit": condition("§13.2.2", "412", 'If-Match: "statute"', "If-None-Match: {etag}"),
    "304-fields": condition("§15.4.5", "304 with those fields that the 200 has", "If-None-Match: {etag}", good=repeats, shows=("etag", "vary")),
    "304-length": condition("§8.6", "304 with no Content-Length, or that of the 200", "If-None-Match: {etag}", good=own_length, shows=("content-length",)),

    # Ranges.
    "range-head": Case("RFC 9110 §14.2", "200: Range is for GET only", get("Range: bytes=0-9", method="HEAD"), lambda a, s: a.status == 200 and not a.has("content-range")),
    "range-head-unsatisfiable": Case("RFC 9110 §14.2", "200", get("Range: bytes={size}-", method="HEAD"), status(200)),
    "range-options": Case("RFC 9110 §14.2", "neither 206 nor 416", get("Range: bytes=0-9", method="OPTIONS"), lambda a, s: a.status and a.status not in (206, 416)),
    "range-unknown-unit": Case("RFC 9110 §14.2", "200: the unit is ignored", get("Range: lines=0-1"), whole),
    "range-last-none": Case("RFC 9110 §14.1.2, §14.4", "416, 200 or 400, or a part that is one", get("Range: bytes=-0"), no_empty_part),
    "if-range-false": if_range('"statute"'),
    "if-range-weak": if_range("{weak}", good=lambda a, s: a.status == 400 or whole(a, s)),
    "if-range-date-later": if_range("{later}"),
    "if-range-date-earlier": if_range("{earlier}"),
    "if-range-false-unsatisfiable": if_range('"statute"', range="bytes={size}-"),

    # PUT and DELETE with conditions.
    "put-if-none-match-any": stored("If-None-Match: *", section="§13.1.2"),
    "put-if-none-match-hit-is-412": stored(tag(), section="§13.1.2"),
    "put-if-none-match-weak": stored(tag("W/"), section="§13.1.2, §8.8.3.2"),
    "put-if-match-miss": stored('If-Match: "statute"'),
    "delete-if-match-miss": stored('If-Match: "statute"', method="DELETE"),
    "put-if-unmodified-since-long-ago": stored("If-Unmodified-Since: " + LONG_AGO, section="§13.1.4", good=undated),
    "put-if-match-any-new": Case("RFC 9110 §13.1.1, §13.2.1", "412, or 404 or 409", put_new, status(412, 404, 409)),

    # WebDAV.
    "propfind-unknown-prefix": Case("RFC 4918 §8.2", "4xx", xml("PROPFIND", "{write}", '<D:propfind xmlns:D="DAV:"><D:prop><X:tea/></D:prop></D:propfind>', "Depth: 0"),
                                    lambda a, s: 400 <= a.status < 500),
    "delete-of-collection-with-locked-member": Case("RFC 4918 §9.6.1, §7.5", "207 or 4xx, and the locked member stays", locked_member, member_stays),

    # Field sections of HTTP/2 and HTTP/3.
    "frames-no-scheme": pseudo(without=(":scheme",)),
    "frames-empty-path": section((*PLAIN[:3], (":path", "")), "400, 404 or the end of the stream", lambda a, s: a.status == 404 or refused(a, s),
                                 "RFC 9113 §8.3.1, §8.1.1; RFC 9114 §4.3.1"),
    "frames-method-twice": pseudo(before=((":method", "GET"),)),
    "frames-path-twice": pseudo(before=((":path", "{file}"),)),
    "frames-scheme-twice": pseudo(before=((":scheme", "https"),)),
    "frames-authority-twice": pseudo(before=((":authority", "{host}"),)),
    "frames-status-in-request": pseudo(before=((":status", "200"),)),
    "frames-unknown-pseudo-field": pseudo(before=((":froth", "1"),)),
    "frames-pseudo-field-late": pseudo(("user-agent", "check.py"), (":path", "{file}"), without=(":path",)),
    "frames-extended-connect": section(((":protocol", "froth"), (":method", "CONNECT")) + PLAIN[1:], "4xx, 501 or the end of the stream", any_refusal,
                                       "RFC 9110 §9.3.6; RFC 9113 §8.3; RFC 9114 §4.3; RFC 8441 §4"),
    "frames-host-without-authority": section((PLAIN[0], PLAIN[1], PLAIN[3], ("host", "{host}")), "200", status(200), "RFC 9114 §4.3.1; RFC 9113 §8.3.1"),
    "frames-connection": line("connection", "keep-alive"),
    "frames-keep-alive": line("keep-alive", "timeout=5"),
    "frames-proxy-connection": line("proxy-connection", "keep-alive"),
    "frames-transfer-encoding": line("transfer-encoding", "chunked"),
    "frames-te-gzip": line("te", "gzip"),
    "upgrade-framed": section(PLAIN + (("upgrade", "websocket"), ("connection", "upgrade")), of="RFC 9113 §8.2.2; RFC 9114 §4.2"),
    "frames-name-in-capitals": line("X-Statute", "1", FORM),
    "frames-name-with-space": line("x statute", "1", FORM),
    "frames-value-with-lf": line("x-statute", "a\nb", FORM),
    "frames-value-with-cr": line("x-statute", "a\rb", FORM),
    "frames-value-with-nul": line("x-statute", "a\0b", FORM),

    # Host and the target.
    "host-missing": host(),
    "host-missing-absolute-form": host(target="http://{host}{file}"),
    "host-twice": host("Host: {host}", "Host: statute.invalid"),
    "host-twice-same": host("Host: {host}", "Host: {host}"),
    "host-twice-case": host("Host: {host}", "HOST: statute.invalid"),
    "host-invalid": host("Host: ###"),
    "host-with-space": host("Host: a b"),
    "host-with-userinfo": host("Host: u@{host}"),
    "host-with-path": host("Host: {host}/x"),
    "host-list": host("Host: {host}, {host}"),
    "host-with-bad-port": host("Host: localhost:http"),
    "host-with-open-bracket": host("Host: [::1"),
    "target-absolute-form": Case("RFC 9112 §3.2.2", "200, the file", Request(octets="GET http://{host}{file} HTTP/1.1\r\nHost: {host}\r\n\r\n"), whole),
    "target-100000-octets": Case("RFC 9112 §3; RFC 9110 §15.5.15", "414, or it reads it, or a close",
                                 Request(octets="GET {file}?" + "x" * 99900 + " HTTP/1.1\r\nHost: {host}\r\n\r\n"), lambda a, s: a.status in (414, 200, 404) or ended(a)),

    # Methods.
    "head-has-no-content": Case("RFC 9110 §9.3.2", "no octet behind the fields", get(method="HEAD"), lambda a, s: a.status and not a.after),
    "head-missing": Case("RFC 9110 §9.3.2", "no octet behind the fields", get(method="HEAD", target="{missing}"), lambda a, s: a.status and not a.after),
    "allow-beside-405": Case("RFC 9110 §15.5.6, §10.2.1", "405 with Allow", a_405, has_allow, ("allow",)),
    "patch-where-not-supported": Case("RFC 9110 §15.5.6; RFC 5789 §2", "405 with Allow, if 405", patch, has_allow, ("allow",)),
    "connect-to-origin": tunnel("statute.invalid:80"),
    "connect-to-no-port": tunnel("statute.invalid:"),
    "upgrade-in-http10": Case("RFC 9110 §7.8", "200: Upgrade is ignored", Request(octets=HTTP10 + "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"), status(200)),

    # Framing.
    "length-and-chunked": Case("RFC 9112 §6.1", "an answer, then a close", Request(octets=TOP + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                               lambda a, s: a.status and no_more(a) or ended(a)),
    "length-and-chunked-smuggles": Case("RFC 9112 §6.1", "one answer, then a close",
                                        Request(octets=TOP + "Content-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET {missing} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
                                        lambda a, s: a.status and no_more(a) or ended(a)),
    "chunked-in-http10": Case("RFC 9112 §6.1", "an answer, then a close", Request(octets=HTTP10 + "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                              lambda a, s: a.status and no_more(a) or ended(a)),
    "chunked-not-last": framed("Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", also=(501,)),
    "chunked-misspelt": framed("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", also=(501,)),
    "chunked-with-vertical-tab": framed("Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", also=(501,)),
    "lengths-differ": framed("Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
    "lengths-differ-in-list": framed("Content-Length: 2, 3\r\n\r\nabc"),
    "length-of-letters": framed("Content-Length: abc\r\n\r\n"),
    "length-negative": framed("Content-Length: -1\r\n\r\n"),
    "length-with-plus": framed("Content-Length: +2\r\n\r\nab"),
    "length-hexadecimal": framed("Content-Length: 0x2\r\n\r\nab"),
    "length-with-space-inside": framed("Content-Length: 1 2\r\n\r\nabcdefghijkl"),
    "length-empty": framed("Content-Length:\r\n\r\n"),
    "length-beyond-64-bits": framed("Content-Length: 99999999999999999999999999\r\n\r\n", also=(413, 501), right="400, 413 or 501 and a close, or only that"),
    "chunk-size-overflows": framed("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", "§7.1", (200, 411, 413, 501), "one answer and a close"),
    "chunked-in-capitals": read("Chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
    "chunked-content": read("chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-Tea: oolong\r\n\r\n", also=(411,)),
    "chunk-size-in-capitals": read("chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"),
    "chunk-size-with-zeros": read("chunked\r\n\r\n0005\r\nhello\r\n0\r\n\r\n"),
    "trailer-forbidden": read("chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 99\r\nHost: statute.invalid\r\n\r\n", also=(400,)),
    "get-content-is-no-request": Case("RFC 9112 §9.3, §6.3", "one answer", Request(content="GET {missing} HTTP/1.1\r\nHost: {host}\r\n\r\n"), no_second),
    "kept-after-content": Case("RFC 9112 §9.3", "200 to the second GET, or a close", Request(octets=TOP + "Content-Length: 6\r\n\r\noolong" + TOP + "\r\n"), then_the_file),
    "close-in-list": Case("RFC 9110 §7.6.1", "200, then a close", Request(octets=TOP + "Connection: froth, close\r\n\r\n"), lambda a, s: a.status == 200 and no_more(a)),
    "field-space-before-colon": name_of_field("X : a", "RFC 9112 §5.1"),
    "field-tab-before-colon": name_of_field("X\t: a", "RFC 9112 §5.1"),
    "field-value-with-tab-around": Case("RFC 9110 §5.5; RFC 9112 §5.1", "200", Request(octets="GET {file} HTTP/1.1\r\nHost:\t{host}\t\r\n\r\n"), status(200)),

    # Interim answers.
    "expect-100-or-final": withheld("100-continue"),
    "expect-in-capitals": withheld("100-CONTINUE"),
    "http10-no-100": Case("RFC 9110 §10.1.1, §15.2", "no 100", Request(octets=HTTP10 + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", content="ab", hold=1),
                          lambda a, s: not a.interim and (a.status == 200 or any_refusal(a, s))),

    # Date.
    "file-date": Case("RFC 9110 §6.6.1", "200 with Date", get(), dated((200,)), ("date",)),
    "error-has-date": Case("RFC 9110 §6.6.1", "404 or 410 with Date", get(target="{missing}"), dated((404, 410)), ("date",)),

    # From here on at level should.
    "options-asterisk": first_line("OPTIONS * HTTP/1.1", "200, 204, or a refusal of the method", status(200, 204, 405, 501, 401, 403), "RFC 9110 §9.3.7; RFC 9112 §3.2.4"),
    "options": Case("RFC 9110 §9.3.7", "200 or 204 with Allow, or a refusal", get(method="OPTIONS"),
                    lambda a, s: a.status in (200, 204) and a.has("allow") or any_refusal(a, s), ("allow",)),
    "trace": traced(lambda a: b"?check" in a.content),
    "trace-excludes-secrets": traced(lambda a: b"secret" not in a.content, "Cookie: tea=secret", "Authorization: Basic secret"),
    "method-unknown": unknown("FROTH"),
    "method-lower-case": unknown("get"),
    "method-long": unknown("FROTH" * 40, of="RFC 9112 §3; RFC 9110 §9.1"),
    "method-of-webdav": unknown("PROPFIND", "Depth: 0", also=(207,)),
    "target-with-fragment": bad_target("GET {file}#x HTTP/1.1"),
    "target-with-space": bad_target("GET {file} x HTTP/1.1", 505),
    "target-no-slash": bad_target("GET statute HTTP/1.1"),
    "target-unreserved-encoded": Case("RFC 9110 §4.2.3; RFC 3986 §6.2.2.2", "200, or a redirect", get(target="{encoded}"), status(200, 301, 308)),
    "version-lower-case": no_version("GET {file} http/1.1"),
    "version-two-digits": no_version("GET {file} HTTP/1.10"),
    "version-without-name": no_version("GET {file} 1.1"),
    "version-missing": first_line("GET {file}", "400 or 505, a close, or HTTP/0.9", lambda a, s: a.status in (400, 505) or ended(a) or a.end == "no HTTP"),
    "version-1-2": first_line("GET {file} HTTP/1.2", "200 or 505", status(200, 505), "RFC 9110 §6.2"),
    "version-told": Case("RFC 9110 §6.2", "the version that it says to HTTP/1.1", Request(octets=HTTP10 + "\r\n"), same_version),
    "empty-line-before": Case("RFC 9112 §2.2", "200: the empty line is ignored", Request(octets="\r\n" + TOP + "\r\n"), status(200)),
    "garbage": not_http(lambda a, s: a.status in (400, 501) or ended(a)),
    "garbage-closes": not_http(lambda a, s: a.status in (400, 501) and no_more(a) or ended(a)),
    "field-without-colon": name_of_field("statute"),
    "field-without-name": name_of_field(": a"),
    "field-name-with-slash": name_of_field("X/Y: a"),
    "field-name-with-space": name_of_field("X Y: a"),
    "field-name-above-127": name_of_field("\xe8\x8c\xb6: a"),
    "transfer-coding-unknown": Case("RFC 9112 §6.1", "501 or 400, or a close", Request(octets=TOP + "Transfer-Encoding: froth\r\n\r\n"), lambda a, s: a.status in (501, 400) or ended(a)),
    "chunk-size-no-number": not_chunked("xyz\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-negative": not_chunked("-5\r\nhello\r\n0\r\n\r\n"),
    "chunk-size-prefixed": not_chunked("0x5\r\nhello\r\n0\r\n\r\n"),
    "chunk-longer-than-its-size": not_chunked("5\r\nhelloworld\r\n0\r\n\r\n"),
    "close-is-answered": Case("RFC 9112 §9.6", "200 with Connection: close", get("Connection: close"),
                              lambda a, s: a.status == 200 and ("close" in a.get("connection").lower() or a.version == "HTTP/1.0"), ("connection",)),
    "range-unit-in-capitals": ranged("BYTES=0-9", "206, or 200", part(0, 10)),
    "range-suffix-longer-than-file": ranged("bytes=-999999999", "206 with all of it, or 200", part(0, None)),
    "range-behind-the-end": ranged("bytes={size}-", "416 with Content-Range: bytes */LENGTH, or 200",
                                   lambda a, s: a.status == 416 and a.get("content-range") == "bytes */%d" % len(s.file.content)),
    "range-one-of-two-satisfiable": ranged("bytes=0-9,{size}-", "206 with the first of them, or 200", lambda a, s: a.status == 206 and s.file.content[:10] in a.content),
    "if-modified-since-same": condition("§13.1.3", "304", "If-Modified-Since: {modified}"),
    "304-no-content-fields": condition("§15.4.5", "304 without fields about content", "If-None-Match: {etag}", shows=("content-type",),
                                       good=lambda a, s: a.status == 304 and not any(a.has("content-" + n) for n in ("type", "encoding", "range"))),
    "missing-has-content": Case("RFC 9110 §15.5", "404 or 410 with an explanation", get(target="{missing}"), explained(404, 410)),
    "auth-has-content": Case("RFC 9110 §15.5", "401, 403 or 404 with an explanation", get(target="{private}"), explained(401, 403, 404)),
    "file-validator": Case("RFC 9110 §8.8.2.1, §8.8.3.1", "ETag or Last-Modified", get(), lambda a, s: a.has("etag") or a.has("last-modified"), ("etag", "last-modified")),
    "propfind-infinity": Case("RFC 4918 §9.1.1", "207, or 403 that names the condition", get("Depth: infinity", method="PROPFIND", target="{write}"),
                              lambda a, s: a.status == 207 or a.status == 403 and b"propfind-finite-depth" in a.content),
    "frames-name-empty": line("", "1", FORM),
    "frames-host-differs": section(PLAIN + (("host", "statute.invalid"),), "400, 421, 404 or the end of the stream", elsewhere, "RFC 9113 §8.3.1; RFC 9114 §4.3.1"),
    "frames-authority-with-userinfo": section((*PLAIN[:2], (":authority", "u@{host}"), PLAIN[3]), "400, 421, 404 or the end of the stream", elsewhere,
                                              "RFC 9110 §4.2.4; RFC 9113 §8.3.1; RFC 9114 §4.3.1"),
}
