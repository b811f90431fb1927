"""Drives one of Python's HTTP clients for the exam of Statute.

    python3 adapter.py LIBRARY

LIBRARY is a name of LIBRARIES, at the end of this file. The protocol stands in
../README.md. Each library is used as its own first example uses it: whatever it
does by default it does here, and what had to be chosen is told in the options.
"""

import base64
import importlib.metadata
import json
import os
import platform
import ssl
import sys
import tempfile
import time

LIMIT = 64 << 10  # how much content is told of

FOLDER = tempfile.TemporaryDirectory(prefix="statute-adapter-")

COMMON = ["get", "content", "fields", "status", "received", "head", "errors", "method", "tls"]


class Unsupported(Exception):
    """The library, or this use of it, has no such thing."""


def octets(content):
    unit, length = base64.b64decode(content["octets"]), content["length"]
    return (unit * (length // len(unit) + 1))[:length] if unit else b""


def body(order):
    """What libraries take as content: octets, or a generator if no length is to be said."""
    content = order.get("content")
    if content is None:
        return None
    if content.get("unlength") or content.get("once"):
        return iter([octets(content)])
    return octets(content)


def headers(order):
    """The fields as a dict; of those with one name, the values are joined."""
    fields = {}
    for name, value in order.get("fields") or []:
        fields[name] = fields[name] + ", " + value if name in fields else value
    return fields


def patience(order):
    return order.get("patience_ms", 10000) / 1000


def trust(order):
    return ssl.create_default_context(cafile=order.get("authority") or None)


def proxy(order):
    url = order["proxy"]
    if order.get("proxy_user"):
        url = url.replace("://", "://%s:%s@" % (order["proxy_user"], order["proxy_password"]), 1)
    return url


def netrc(order):
    """Puts the order's netrc where the netrc module's users look for it."""
    path = os.path.join(FOLDER.name, "netrc")
    os.environ["NETRC"] = path if order.get("netrc") else os.devnull
    if order.get("netrc"):
        with open(path, "w") as f:
            f.write(order["netrc"])


def answer(status, reason, fields, content, url=None):
    return {
        "status": status,
        "reason": reason or "",
        "fields": [[n, v] for n, v in fields],
        "content": base64.b64encode(content[:LIMIT]).decode(),
        "length": len(content),
        "url": url or "",
    }


def told(error):
    """An error as the protocol tells it: its kind by the names of the classes that it is of."""
    chain, names = error, []
    while chain is not None and len(names) < 64:
        names += [c.__name__ for c in type(chain).__mro__]
        inner = getattr(chain, "reason", None)
        chain = inner if isinstance(inner, BaseException) else chain.__cause__ or chain.__context__
    kinds = [
        ("redirect_limit", ["TooManyRedirects"]),
        ("tls", ["SSLError", "SSLCertVerificationError", "CertificateError"]),
        ("connect", ["ConnectionRefusedError", "ConnectError", "NewConnectionError", "ClientConnectorError"]),
        ("timeout", ["TimeoutError", "Timeout", "TimeoutException", "timeout"]),
        ("incomplete", ["IncompleteRead", "ChunkedEncodingError", "ClientPayloadError", "RemoteDisconnected",
                        "ServerDisconnectedError", "RemoteProtocolError", "ConnectionResetError"]),
        ("protocol", ["BadStatusLine", "HTTPException", "ProtocolError", "InvalidHeader", "ClientResponseError",
                      "DecodingError", "DecodeError", "ContentDecodingError"]),
    ]
    for kind, classes in kinds:
        if any(c in names for c in classes):
            return {"kind": kind, "message": repr(error)[:300]}
    return {"kind": "other", "message": repr(error)[:300]}


def not_parsed(error):
    """The error of a library that was to read content as JSON."""
    return {"kind": "content", "message": repr(error)[:300]}


class HTTPClient:
    """http.client: a connection for each origin, kept. It follows no redirects."""

    version = platform.python_version()
    caps = COMMON + ["reuse"]
    options = {"use": "http.client.HTTPConnection(host).request(method, path, body, headers)"}

    def __init__(self):
        self.connections = {}

    def do(self, order):
        import http.client
        from urllib.parse import urlsplit
        u = urlsplit(order["url"])
        key = (u.scheme, u.netloc)
        if key not in self.connections:
            if u.scheme == "https":
                c = http.client.HTTPSConnection(u.netloc, timeout=patience(order), context=trust(order))
            else:
                c = http.client.HTTPConnection(u.netloc, timeout=patience(order))
            self.connections[key] = c
        c = self.connections[key]
        try:
            c.request(order["method"], (u.path or "/") + ("?" + u.query if u.query else ""), body(order), headers(order))
            r = c.getresponse()
            got = answer(r.status, r.reason, r.getheaders(), b"")
            try:
                content = r.read()
            except http.client.IncompleteRead as e:
                content = e.partial
                got["error"] = told(e)
            except Exception as e:
                got["error"] = told(e)
                content = b""
            got.update(content=base64.b64encode(content[:LIMIT]).decode(), length=len(content))
            if "error" in got:
                c.close()
            return got
        except Exception:
            c.close()
            raise

    def end(self):
        for c in self.connections.values():
            c.close()


class Urllib:
    """urllib.request: an opener with a cookie jar and the handlers that an order needs."""

    version = platform.python_version()
    caps = COMMON + ["redirect", "url", "cookies", "basic", "proxy", "connect"]
    options = {"use": "urllib.request.build_opener(HTTPCookieProcessor()).open(Request(url))",
               "auth": "HTTPBasicAuthHandler, answering challenges"}
    auth = "HTTPBasicAuthHandler"

    def __init__(self):
        import http.cookiejar
        self.jar = http.cookiejar.CookieJar()

    def do(self, order):
        import http.client
        import urllib.error
        import urllib.request as u

        class Stay(u.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        handlers = [u.HTTPCookieProcessor(self.jar), u.HTTPSHandler(context=trust(order))]
        proxies = {}
        if order.get("proxy"):
            proxies = {"http": proxy(order), "https": proxy(order)}
        handlers.append(u.ProxyHandler(proxies))
        if order.get("user"):
            passwords = u.HTTPPasswordMgrWithDefaultRealm()
            passwords.add_password(None, order["url"], order["user"], order["password"])
            handlers.append(getattr(u, self.auth)(passwords))
        if not order.get("follow"):
            handlers.append(Stay())
        q = u.Request(order["url"], body(order), headers(order), method=order["method"])
        failed = None
        try:
            r = u.build_opener(*handlers).open(q, timeout=patience(order))
        except urllib.error.HTTPError as e:
            r, failed = e, {"kind": "status", "message": str(e)}
        with r:
            got = answer(r.status, r.reason, r.headers.items(), b"", r.geturl())
            try:
                content = r.read()
            except http.client.IncompleteRead as e:
                content, failed = e.partial, told(e)
            except Exception as e:
                content, failed = b"", told(e)
        got.update(content=base64.b64encode(content[:LIMIT]).decode(), length=len(content))
        if failed:
            got["error"] = failed
        return got

    def end(self):
        pass


class UrllibDigest(Urllib):
    """The same with Digest for whoever challenges."""

    caps = [c for c in Urllib.caps if c != "basic"] + ["digest"]
    options = dict(Urllib.options, auth="HTTPDigestAuthHandler, answering challenges")
    auth = "HTTPDigestAuthHandler"


class Urllib3:
    """urllib3: a PoolManager for each session."""

    caps = COMMON + ["redirect", "url", "reuse", "basic", "proxy", "connect", "retry"]
    options = {"use": "urllib3.PoolManager().request(method, url)", "auth": "make_headers(basic_auth=...), sent unasked"}
    retries = None  # the library's own default

    def __init__(self):
        self.pools = {}

    def pool(self, order):
        import urllib3
        key = (order.get("authority"), order.get("proxy"), order.get("proxy_user"))
        if key not in self.pools:
            if order.get("proxy"):
                own = None
                if order.get("proxy_user"):
                    own = urllib3.make_headers(proxy_basic_auth=order["proxy_user"] + ":" + order["proxy_password"])
                self.pools[key] = urllib3.ProxyManager(order["proxy"], proxy_headers=own, ca_certs=order.get("authority"))
            else:
                self.pools[key] = urllib3.PoolManager(ca_certs=order.get("authority"))
        return self.pools[key]

    def do(self, order):
        import urllib3
        fields = headers(order)
        if order.get("user"):
            fields.update(urllib3.make_headers(basic_auth=order["user"] + ":" + order["password"]))
        more = {}
        if self.retries:
            more["retries"] = self.retries()
        r = self.pool(order).request(order["method"], order["url"], body=body(order), headers=fields or None,
                                     redirect=bool(order.get("follow")), timeout=patience(order), **more)
        return answer(r.status, r.reason, r.headers.items(), r.data, r.geturl())

    def end(self):
        for p in self.pools.values():
            p.clear()


class Urllib3Retry(Urllib3):
    """The same with what its guide shows for flaky services."""

    options = dict(Urllib3.options, retries="Retry(3, backoff_factor=0.2, status_forcelist=[429, 500, 502, 503, 504])")

    @staticmethod
    def retries():
        import urllib3
        return urllib3.Retry(3, backoff_factor=0.2, status_forcelist=[429, 500, 502, 503, 504])


class Requests:
    """requests: a Session."""

    caps = COMMON + ["redirect", "url", "reuse", "cookies", "basic", "proxy", "connect", "netrc", "json"]
    options = {"use": "requests.Session().request(method, url)", "auth": "auth=(user, password), sent unasked"}
    adapter = None  # the library's own

    def __init__(self):
        import requests
        self.session = requests.Session()
        if self.adapter:
            self.session.mount("http://", self.adapter())
            self.session.mount("https://", self.adapter())

    def do(self, order):
        netrc(order)
        r = self.session.request(
            order["method"], order["url"], headers=headers(order), data=body(order), timeout=patience(order),
            allow_redirects=bool(order.get("follow")), verify=order.get("authority") or True, auth=self.auth(order),
            proxies={"http": proxy(order), "https": proxy(order)} if order.get("proxy") else None)
        got = answer(r.status_code, r.reason, r.headers.items(), r.content, r.url)
        if order.get("json"):
            try:
                r.json()
            except ValueError as e:
                got["error"] = not_parsed(e)
        return got

    def auth(self, order):
        return (order["user"], order["password"]) if order.get("user") else None

    def end(self):
        self.session.close()


class RequestsRetry(Requests):
    """The same with a Retry of urllib3's mounted."""

    caps = Requests.caps + ["retry"]
    options = dict(Requests.options, retries="HTTPAdapter(max_retries=Retry(3, backoff_factor=0.2, status_forcelist=[429, 500, 502, 503, 504]))")

    @staticmethod
    def adapter():
        import requests.adapters
        return requests.adapters.HTTPAdapter(max_retries=Urllib3Retry.retries())


class RequestsDigest(Requests):
    """The same with Digest for whoever challenges."""

    caps = [c for c in Requests.caps if c != "basic"] + ["digest"]
    options = dict(Requests.options, auth="HTTPDigestAuth(user, password)")

    def auth(self, order):
        import requests.auth
        return requests.auth.HTTPDigestAuth(order["user"], order["password"]) if order.get("user") else None


class HTTPX:
    """httpx: a Client."""

    caps = COMMON + ["redirect", "url", "reuse", "cookies", "basic", "proxy", "connect", "netrc", "json"]
    options = {"use": "httpx.Client().request(method, url)", "auth": "auth=(user, password), sent unasked",
               "h2": "httpx.Client(http2=True)"}

    def __init__(self):
        self.clients = {}

    def client(self, order):
        import httpx
        key = (order.get("over"), order.get("authority"), order.get("proxy"), order.get("netrc"))
        if key not in self.clients:
            self.clients[key] = httpx.Client(
                http2=order.get("over") == "h2", verify=trust(order) if order.get("authority") else True,
                proxies=proxy(order) if order.get("proxy") else None)
        return self.clients[key]

    def do(self, order):
        netrc(order)
        auth = {"auth": (order["user"], order["password"])} if order.get("user") else {}
        r = self.client(order).request(
            order["method"], order["url"], headers=headers(order), content=body(order), timeout=patience(order),
            follow_redirects=bool(order.get("follow")), **auth)
        got = answer(r.status_code, r.reason_phrase, r.headers.multi_items(), r.content, str(r.url))
        if order.get("json"):
            try:
                r.json()
            except ValueError as e:
                got["error"] = not_parsed(e)
        return got

    def end(self):
        for c in self.clients.values():
            c.close()


class AIOHTTP:
    """aiohttp: a ClientSession in an event loop that runs all the time, as in a service."""

    caps = COMMON + ["redirect", "url", "reuse", "cookies", "basic", "proxy", "connect", "expect", "websocket", "json"]
    options = {"use": "aiohttp.ClientSession().request(method, url)", "auth": "auth=BasicAuth(user, password), sent unasked",
               "expect": "expect100=True", "websocket": "ws_connect(url, protocols=['tea'])"}

    def __init__(self):
        import asyncio
        import threading
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.session = None

    def do(self, order):
        return self.run(self.carry_out(order))

    def run(self, coroutine):
        import asyncio
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    async def carry_out(self, order):
        import aiohttp
        if self.session is None:
            self.session = aiohttp.ClientSession()
        more = {"timeout": aiohttp.ClientTimeout(total=patience(order))}
        if order.get("authority"):
            more["ssl"] = trust(order)
        if order.get("proxy"):
            more["proxy"] = order["proxy"]
            if order.get("proxy_user"):
                more["proxy_auth"] = aiohttp.BasicAuth(order["proxy_user"], order["proxy_password"])
        if order.get("user"):
            more["auth"] = aiohttp.BasicAuth(order["user"], order["password"])
        if order.get("websocket"):
            return await self.open(order, more)
        content = order.get("content")
        if content and (content.get("unlength") or content.get("once")):
            async def stream():
                yield octets(content)
            data = stream()
        else:
            data = body(order)
        async with self.session.request(
                order["method"], order["url"], headers=order.get("fields"), data=data,
                allow_redirects=bool(order.get("follow")), expect100=bool(order.get("expect")), **more) as r:
            got = answer(r.status, r.reason, r.headers.items(), b"", str(r.url))
            try:
                content = await r.read()
                got.update(content=base64.b64encode(content[:LIMIT]).decode(), length=len(content))
            except Exception as e:
                got["error"] = told(e)
                return got
            if order.get("json"):
                try:
                    await r.json()
                except (ValueError, aiohttp.ContentTypeError) as e:
                    got["error"] = not_parsed(e)
            return got

    async def open(self, order, more):
        import aiohttp
        protocols = ["tea"]
        fields = []
        for name, value in order.get("fields") or []:
            if name.lower() == "sec-websocket-protocol":
                protocols = [p.strip() for p in value.split(",")]
            else:
                fields.append((name, value))
        limit = more.pop("timeout").total
        import asyncio
        try:
            ws = await asyncio.wait_for(self.session.ws_connect(order["url"], protocols=protocols, headers=fields, **more), limit)
        except aiohttp.WSServerHandshakeError as e:
            got = answer(e.status, "", (e.headers or {}).items(), b"")
            got["error"] = {"kind": "protocol", "message": repr(e)[:300]}
            return got
        try:
            try:
                message = await ws.receive(timeout=min(limit, 1))
                content = message.data if isinstance(message.data, (str, bytes)) else ""
                content = content.encode() if isinstance(content, str) else content
            except asyncio.TimeoutError:
                content = b""
            return answer(101, "", ws._response.headers.items(), content)
        finally:
            await ws.close()

    def end(self):
        if self.session is not None:
            self.run(self.session.close())
        self.loop.call_soon_threadsafe(self.loop.stop)


LIBRARIES = {
    "http.client": HTTPClient, "urllib": Urllib, "urllib-digest": UrllibDigest, "urllib3": Urllib3, "urllib3-retry": Urllib3Retry,
    "requests": Requests, "requests-retry": RequestsRetry, "requests-digest": RequestsDigest,
    "httpx": HTTPX, "aiohttp": AIOHTTP,
}


def carry_out(library, sessions, order):
    for need in ("expect", "websocket"):
        if order.get(need) and need not in library.caps:
            raise Unsupported("it has no %s" % need)
    if order.get("part") is not None:
        raise Unsupported("it completes no parts")
    if order.get("over", "h1") not in ("h1", "h2" if library is HTTPX else "h1"):
        raise Unsupported("it does not speak %s" % order["over"])
    for need, cap in (("user", "basic"), ("proxy", "proxy"), ("netrc", "netrc")):
        if order.get(need) and cap not in library.caps and not (need == "user" and "digest" in library.caps):
            raise Unsupported("it has no %s" % cap)
    time.sleep(order.get("pause_ms", 0) / 1000)
    name = order.get("session", "")
    if name not in sessions:
        sessions[name] = library()
    return sessions[name].do(order)


def main():
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in LIBRARIES:
        sys.exit("usage: adapter.py LIBRARY; LIBRARY is one of: " + ", ".join(LIBRARIES))
    library = LIBRARIES[name]
    distribution = name.partition("-")[0]
    version = getattr(library, "version", None) or importlib.metadata.version(distribution)
    importlib.import_module("urllib.request" if distribution == "urllib" else distribution)
    out, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no line of the protocol's
    sessions = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "hello" in order:
            reply = {"hello": 1, "subject": "python-" + name, "version": version, "caps": library.caps,
                     "options": dict(library.options, python=platform.python_version())}
        elif "end" in order:
            if order["end"] in sessions:
                sessions.pop(order["end"]).end()
            continue
        else:
            try:
                reply = carry_out(library, sessions, order)
            except Unsupported as e:
                reply = {"unsupported": str(e)}
            except Exception as e:
                reply = {"error": told(e)}
            reply["id"] = order["id"]
        print(json.dumps(reply), file=out, flush=True)


if __name__ == "__main__":
    main()
