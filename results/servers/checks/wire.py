"""Asks a server one thing over HTTP/1.1, HTTP/2 or HTTP/3, and tells what came.

h1 is a plain socket; h2 is TLS with frames and literals written here; h3 is h3.go.
What is sent is exactly what is given: nothing is checked, added or mended.
"""
import json, socket, ssl, subprocess, time
from dataclasses import dataclass, field

from hpack import literals, lines_of

SILENCE = 3    # seconds without an answer
BEHIND = 0.6   # seconds in which more may follow an answer, or the connection be closed


@dataclass
class Request:
    method: str = "GET"
    target: str = "{file}"
    fields: tuple = ()      # pairs of name and value
    content: str = None
    hold: float = 0         # seconds for which content is held back, or until an answer comes
    octets: str = None      # HTTP/1.1 only: these, and no others
    lines: tuple = None     # HTTP/2 and HTTP/3 only: this field section, and no other

    def filled(self, fill):
        pairs = lambda all: tuple((fill(n), fill(v)) for n, v in all)
        return Request(self.method, fill(self.target), pairs(self.fields), self.content and fill(self.content), self.hold,
                       self.octets and fill(self.octets), self.lines and pairs(self.lines))

    def __str__(self):
        if self.octets:
            return shortened(repr(self.octets)[1:-1])
        if self.lines:
            return shortened("; ".join("%s: %r" % (n, v) if set(v) & set("\r\n\0") or not v else "%s: %s" % (n, v) for n, v in self.lines))
        text = "; ".join(["%s %s" % (self.method, self.target)] + ["%s: %s" % pair for pair in self.fields])
        return shortened(text) + (" + %d octets" % len(self.content) if self.content else "") + (" after %g s" % self.hold if self.hold else "")


@dataclass
class Answer:
    status: int = 0                              # 0: none
    version: str = ""                            # h1: what the status line says
    fields: list = field(default_factory=list)   # of the final answer, names in small letters
    content: bytes = b""
    interim: list = field(default_factory=list)  # status codes
    seconds: float = 0                           # until the final answer
    after: bytes = b""                           # h1: what follows the answer
    end: str = ""                                # h1: open or closed; else whole; or how it ended without an answer

    def get(self, name):
        return ", ".join(v for n, v in self.fields if n == name)

    def has(self, name):
        return any(n == name for n, _ in self.fields)

    def told(self, shows=()):
        """In a line, with the fields of those names."""
        if not self.status:
            return (self.end or "no answer") + (", %r" % self.after[:30] if self.after else "")
        parts = [*map(str, self.interim), str(self.status) + (" in HTTP/1.0" if self.version == "HTTP/1.0" else ""), "%d octets" % len(self.content)]
        parts += ["%s: %s" % (n, self.get(n)) if self.has(n) else "no " + n for n in shows]
        parts += ["content-range: " + self.get("content-range")] if self.has("content-range") else []
        parts += ["then %r" % self.after[:24]] if self.after else []
        return ", ".join(parts + ([self.end] if self.end != "whole" else []))


def shortened(text):
    return text if len(text) < 200 else "%s… (%d)" % (text[:80], len(text))


def h1(address, q):
    """One request on a connection of its own, and a look at what follows."""
    head = q.octets
    if head is None:
        fields = [("Host", address), *q.fields] + ([("Content-Length", str(len(q.content)))] if q.content is not None else [])
        head = "%s %s HTTP/1.1\r\n%s\r\n" % (q.method, q.target, "".join("%s: %s\r\n" % pair for pair in fields))
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), SILENCE) as c:
        read, began, a = Reader(c), time.monotonic(), Answer()
        read.send(head.encode("latin-1"))
        if q.content:
            if q.hold:
                read.more(q.hold)
            read.send(q.content.encode())
        while True:
            top = read.until(b"\r\n\r\n")
            if not top.startswith(b"HTTP/"):
                a.end = "no HTTP" if top else read.end or "silent"
                a.after = top
                return a
            first, *rest = top.decode("latin-1").rstrip("\r\n").split("\r\n")
            status = int(first.split()[1])
            if 100 <= status < 200 and status != 101:
                a.interim.append(status)
                continue
            a.status, a.version, a.seconds = status, first.split()[0], time.monotonic() - began
            a.fields = [(n.strip().lower(), v.strip()) for n, _, v in (line.partition(":") for line in rest)]
            break
        if (q.octets or q.method).startswith("HEAD") or status in (101, 204, 304):
            pass
        elif "chunked" in a.get("transfer-encoding").lower():
            while size := int(read.until(b"\r\n").split(b";")[0] or b"0", 16):
                a.content += read.exactly(size)
                read.until(b"\r\n")
            while read.until(b"\r\n").strip():
                pass
        elif a.has("content-length"):
            a.content = read.exactly(int(a.get("content-length")))
        else:
            a.content = read.rest(SILENCE)
        a.after = read.rest(BEHIND)
        a.end = read.end or "open"
        return a


class Reader:
    def __init__(self, c):
        self.c, self.buffer, self.end = c, b"", ""

    def send(self, octets):
        try:
            self.c.sendall(octets)
        except OSError:
            pass  # what it says before it closes is what counts

    def more(self, seconds=SILENCE):
        """Reads what comes; false if nothing does."""
        if self.end:
            return False
        self.c.settimeout(seconds)
        try:
            octets = self.c.recv(65536)
        except TimeoutError:
            return False
        except OSError:
            octets = b""
        if not octets:
            self.end = "closed"
        self.buffer += octets
        return bool(octets)

    def take(self, n):
        octets, self.buffer = self.buffer[:n], self.buffer[n:]
        return octets

    def until(self, mark):
        while mark not in self.buffer:
            if not self.more():
                return self.take(len(self.buffer))
        return self.take(self.buffer.index(mark) + len(mark))

    def exactly(self, n):
        while len(self.buffer) < n and self.more():
            pass
        return self.take(n)

    def rest(self, seconds):
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and not self.end:
            self.more(left)
        return self.take(len(self.buffer))


def section(address, q):
    """The field section of a request in HTTP/2 and HTTP/3."""
    if q.lines is not None:
        return list(q.lines)
    lines = [(":method", q.method), (":scheme", "https"), (":authority", address), (":path", q.target)]
    lines += [(n.lower(), v) for n, v in q.fields]
    return lines + ([("content-length", str(len(q.content)))] if q.content is not None else [])


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY, CONTINUATION = 0, 1, 3, 4, 7, 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32


def h2(address, q):
    """One request on the first stream of a connection of its own."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), SILENCE)
    with context.wrap_socket(plain, server_hostname="localhost") as c:
        read, began, a = Reader(c), time.monotonic(), Answer()
        # The answer's fields are in no table of the connection's: SETTINGS_HEADER_TABLE_SIZE is 0.
        settings = frame(SETTINGS, 0, 0, b"\0\1\0\0\0\0" + b"\0\2\0\0\0\0")
        bare = END_HEADERS if q.content is not None else END_HEADERS | END_STREAM
        content = frame(DATA, END_STREAM, 1, q.content.encode()) if q.content is not None else b""
        read.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + frame(HEADERS, bare, 1, literals(section(address, q))) + (b"" if q.hold else content))
        due, block = time.monotonic() + q.hold if q.hold else 0, b""
        deadline = began + q.hold + SILENCE
        while True:
            while len(read.buffer) < 9 or len(read.buffer) < 9 + int.from_bytes(read.buffer[:3], "big"):
                left = (due or deadline) - time.monotonic()
                if left <= 0 and due:
                    read.send(content)
                    due = 0
                elif left <= 0 or not read.more(left) and read.end:
                    a.end = read.end or "silent"
                    return a
            size, kind, flags, stream = int.from_bytes(read.buffer[:3], "big"), read.buffer[3], read.buffer[4], int.from_bytes(read.buffer[5:9], "big")
            payload = read.take(9 + size)[9:]
            if kind == SETTINGS and not flags & ACK:
                read.send(frame(SETTINGS, ACK, 0))
            elif kind == GOAWAY and not a.status:
                a.end = "GOAWAY, error %d" % int.from_bytes(payload[4:8], "big")
                return a
            elif stream == 1 and kind == RST_STREAM:
                a.end = "stream reset, error %d" % int.from_bytes(payload, "big")
                return a
            elif stream == 1 and kind in (HEADERS, CONTINUATION):
                if kind == HEADERS:
                    ended = flags & END_STREAM
                    payload = payload[5:] if flags & PRIORITY else payload
                block += payload
                if flags & END_HEADERS:
                    lines, block = lines_of(block), b""
                    status = int(dict(lines).get(":status", 0))
                    if 100 <= status < 200:
                        a.interim.append(status)
                        if due:
                            read.send(content)
                            due = 0
                    elif status:
                        a.status, a.fields, a.seconds = status, lines[1:], time.monotonic() - began
                    if ended:
                        a.end = "whole"
                        return a
            elif stream == 1 and kind == DATA:
                a.content += payload[1:len(payload) - payload[0]] if flags & PADDED else payload
                if flags & END_STREAM:
                    a.end = "whole"
                    return a


class H3:
    """h3.go, which is asked by lines of JSON."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, address, q):
        question = {"Address": address, "Lines": section(address, q), "Content": q.content, "Hold": q.hold, "Wait": SILENCE}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        came = json.loads(self.process.stdout.readline())
        a = Answer(interim=[int(s) for s in came["interim"] or []], content=came["content"].encode(), end=came["end"], seconds=came["seconds"])
        if came["lines"]:
            a.status, a.fields = int(came["lines"][0][1]), [tuple(line) for line in came["lines"][1:]]
        return a

    def close(self):
        self.process.stdin.close()
        self.process.wait()
