"""A server that sends what it is told, octet by octet, and writes down what it is asked.

A script is a list of: octets to send, a number of seconds to wait, "body" (read
the content that the request announces), "close", "cut" (close the TCP connection
under TLS, without close_notify), "reset", "tunnel" (take the CONNECT). There is a
script for each path, and one called CONNECT; what has none gets a plain 200. {at}
stands for the server's own host and port, {port} for the port of another origin.
HTTP/2 needs frames: headers(), data(), reset().
"""
import socket, ssl, struct, subprocess, threading, time


def answer(content, line="200 OK", *fields):
    lines = ["HTTP/1.1 " + line, *fields, "Content-Type: text/plain", "Content-Length: %d" % len(content)]
    return ("\r\n".join(lines) + "\r\n\r\n" + content).encode()


def certificate(folder):
    """Makes a certificate for 127.0.0.1 that is its own authority."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:TRUE",
                    "-keyout", folder + "/key.pem", "-out", folder + "/ca.pem"], check=True, capture_output=True)


class Server:
    def __init__(self, scripts, folder=None, h2=False):
        self.scripts, self.h2, self.context, self.asked, self.connections = scripts, h2, None, [], 0
        if folder:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(folder + "/ca.pem", folder + "/key.pem")
            self.context.set_alpn_protocols(["h2"] if h2 else ["http/1.1"])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.other = socket.create_server(("", 0))  # another origin, without TLS, on every address of this machine
        self.at = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.port = "%d" % self.other.getsockname()[1]
        self.url = ("https://" if folder else "http://") + self.at
        for listener, context in (self.listener, self.context), (self.other, None):
            threading.Thread(target=self.listen, args=(listener, context), daemon=True).start()

    def close(self):
        self.listener.close()
        self.other.close()

    def listen(self, listener, context):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection, self.connections, context), daemon=True).start()

    def serve(self, connection, number, context):
        connection.settimeout(20)
        try:
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            (self.frames if self.h2 else self.messages)(connection, number)
        except OSError:
            pass
        finally:
            connection.close()

    def note(self, number, method, path, fields, content=b""):
        self.asked.append({"connection": number, "method": method, "path": path, "fields": fields, "content": content, "at": time.monotonic()})
        return self.asked[-1]

    def script(self, path):
        return self.scripts.get(path.split("?")[0], [answer("content of " + path)])

    def fill(self, octets):
        return octets.replace(b"{at}", self.at.encode()).replace(b"{port}", self.port.encode())

    # HTTP/1.1

    def messages(self, connection, number):
        rest = b""
        while True:
            while b"\r\n\r\n" not in rest:
                more = connection.recv(65536)
                if not more:
                    if rest:
                        self.note(number, "?", "no request: %r" % rest[:60], {})
                    return
                rest += more
            head, rest = rest.split(b"\r\n\r\n", 1)
            line, *lines = head.decode("latin-1").split("\r\n")
            words = line.split(" ")
            if len(words) != 3 or not words[2].startswith("HTTP/"):
                self.note(number, "?", "no request: %r" % line[:60], {})
                return
            fields = {}
            for name, _, value in (l.partition(":") for l in lines):
                name, value = name.lower(), value.strip()
                fields[name] = fields[name] + ", " + value if name in fields else value
            request = self.note(number, words[0], words[1], fields)
            script = self.script(words[0] if words[0] == "CONNECT" else words[1])
            for step in script(request, self.asked) if callable(script) else script:
                if step == "body":
                    while len(rest) < int(fields.get("content-length", 0)):
                        rest += connection.recv(65536)
                    request["content"], rest = rest[:int(fields.get("content-length", 0))], rest[int(fields.get("content-length", 0)):]
                elif step == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                elif step == "tunnel":
                    self.tunnel(connection, words[1])
                    return
                elif step == "cut":
                    socket.socket(fileno=connection.detach()).close()
                    return
                elif step == "close":
                    return
                elif isinstance(step, bytes):
                    connection.sendall(self.fill(step))
                else:
                    time.sleep(step)

    def tunnel(self, connection, authority):
        host, _, port = authority.rpartition(":")
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with socket.create_connection((host, int(port)), 20) as there:
            threading.Thread(target=self.carry, args=(there, connection), daemon=True).start()
            self.carry(connection, there)

    @staticmethod
    def carry(one, other):
        try:
            while octets := one.recv(65536):
                other.sendall(octets)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    # HTTP/2: no more than is needed to take requests and to send any frames.

    def frames(self, connection, number):
        def exactly(n):
            got = b""
            while len(got) < n:
                more = connection.recv(n - len(got))
                if not more:
                    raise OSError
                got += more
            return got
        exactly(24)
        connection.sendall(frame(4, 0, 0))
        while True:
            length, kind, flags, stream = struct.unpack(">I", b"\0" + exactly(3))[0], *exactly(2), struct.unpack(">I", exactly(4))[0]
            payload = exactly(length)
            if kind == 4 and not flags & 1:
                connection.sendall(frame(4, 1, 0))
            elif kind == 7:
                self.asked.append({"goaway": struct.unpack(">I", payload[4:8])[0]})
            elif kind == 3:
                self.asked.append({"reset": struct.unpack(">I", payload)[0]})
            elif kind == 1:
                # Paths are not decoded: requests are numbered as they come.
                path = "/%d" % (len([a for a in self.asked if "path" in a]) + ("/0" not in self.scripts))
                self.note(number, "stream %d" % stream, path, {})
                for step in self.script(path):
                    if isinstance(step, tuple):
                        kind, flags, payload = step
                        connection.sendall(frame(kind, flags, stream, payload))
                    else:
                        time.sleep(step)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def headers(*lines, end=False):
    """A HEADERS frame; each line is a literal field (RFC 7541, section 6.2.2; unverified)."""
    block = b""
    for line in lines:
        name, value = line.split(": ", 1)
        block += b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
    return 1, 5 if end else 4, block


def data(content, end=True):
    return 0, 1 if end else 0, content.encode()


def reset(code):
    return 3, 0, struct.pack(">I", code)
