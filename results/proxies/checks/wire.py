"""An origin and a client that send octets as they are told, and keep what comes.

A request belongs to a check by the first segment of its path. What the origin
answers stands in its script: octets, or a function that is given the number of
the request and its octets; None is a close without an answer.
"""
import re
import socket
import threading
import time

WAIT = 3.0   # seconds for an answer
AFTER = 0.5  # seconds for what comes behind a whole one


class Script:
    def __init__(self, answer, keep):
        self.answer, self.keep, self.asked = answer, keep, []


class Origin:
    def __init__(self):
        self.scripts, self.lock = {}, threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.settimeout(60)
        with connection:
            try:
                rest = b""
                while (request := self.read(connection, rest)) is not None:
                    octets, rest = request
                    if not self.respond(connection, octets):
                        return
            except OSError:
                pass

    def respond(self, connection, octets):
        line = octets.split(b"\r\n", 1)[0].decode("latin-1")
        script = next((s for name, s in list(self.scripts.items()) if name in line), None)
        if script is None:
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False
        with self.lock:
            number = len(script.asked)
            script.asked.append(octets)
        answer = script.answer(number, octets) if callable(script.answer) else script.answer
        connection.sendall(answer or b"")
        if script.keep and answer is not None:
            return True
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(1)
        while connection.recv(65536):
            pass
        return False

    def read(self, connection, rest):
        """A request and what came behind it; its content is not decoded."""
        def more():
            octets = connection.recv(65536)
            if not octets:
                raise OSError
            return octets
        while b"\r\n\r\n" not in rest:
            rest += more()
        head, rest = rest.split(b"\r\n\r\n", 1)
        end, length = 0, re.search(rb"(?i)\r\ncontent-length: *(\d+)(?=\r\n|$)", head)
        if re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
            while (end := rest.find(b"0\r\n\r\n")) < 0:
                rest += more()
            end += 5
        elif length:
            end = int(length[1])
            while len(rest) < end:
                rest += more()
        return head + b"\r\n\r\n" + rest[:end], rest[end:]


class Answer:
    """What came to a client: heads of interim answers, a head, the octets behind it."""

    def __init__(self, octets=b"", closed=False):
        self.octets, self.closed, self.interim, self.head, self.rest = octets, closed, [], b"", octets
        while b"\r\n\r\n" in self.rest and self.rest.startswith(b"HTTP/"):
            self.head, self.rest = self.rest.split(b"\r\n\r\n", 1)
            if not 100 <= self.status < 200 or self.status == 101:
                return
            self.interim.append(self.head)
            self.head = b""

    @property
    def status(self):
        line = re.match(rb"HTTP/1\.\d (\d{3})\b", self.head)
        return int(line[1]) if line else 0

    def framed(self):
        """Its content and what is behind that, by its own framing; None if it is not whole."""
        length = fields(self.head, "content-length")
        if not self.head:
            return None
        if self.status < 200 or self.status in (204, 304):
            return b"", self.rest
        if "chunked" in fields(self.head, "transfer-encoding"):
            content, rest = b"", self.rest
            while chunk := re.match(rb"([0-9a-fA-F]{1,16})\r\n", rest):
                size, rest = int(chunk[1], 16), rest[chunk.end():]
                content, ending, rest = content + rest[:size], rest[size:size + 2], rest[size + 2:]
                if ending != b"\r\n":
                    return None
                if size == 0:
                    return content, rest
            return None
        if length:
            if not length[0].isdigit() or len(self.rest) < int(length[0]):
                return None
            return self.rest[:int(length[0])], self.rest[int(length[0]):]
        return (self.rest, b"") if self.closed else None

    @property
    def content(self):
        return (self.framed() or (self.rest, b""))[0]


def fields(head, name):
    """The values of a field in a head, as text."""
    lines = [line.partition(b":") for line in head.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]]
    return [v.strip().decode("latin-1") for n, _, v in lines if n.strip().lower() == name.encode()]


def ask(address, request):
    """Sends a request on a connection of its own."""
    host, port = address.rsplit(":", 1)
    octets, closed, deadline = b"", False, time.monotonic() + WAIT
    with socket.create_connection((host, int(port)), 5) as connection:
        try:
            connection.sendall(request)
            while (left := deadline - time.monotonic()) > 0:
                connection.settimeout(left)
                if not (more := connection.recv(65536)):
                    closed = True
                    break
                octets += more
                if Answer(octets).framed() is not None:
                    deadline = min(deadline, time.monotonic() + AFTER)
        except TimeoutError:
            pass
        except OSError:
            closed = True
    return Answer(octets, closed)
