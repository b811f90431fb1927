"""How each client is run: plainly, with its own options and nothing of ours.

command() returns the words of a process that asks for the URLs one after the
other, as a caller of that client would, and prints what it got. `how` is what a
case needs beyond that; the environment names the authority of the certificates
and, where one is to be used, the proxy.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NODE = os.environ.get("STATUTE_NODE_MODULES") or os.path.join(HERE, "../../../adapters/node/node_modules")
PYTHON = "/usr/bin/python3"  # Debian's, which has the packages python3-requests and so on

SECRETS = {"Authorization": "Basic dGVhOmxlYXZlcw==", "Cookie": "cup=blue", "Proxy-Authorization": "Basic dGVhOmxlYXZlcw=="}
TWICE = {"Authorization": SECRETS["Authorization"], "authorization": "Bearer leaf"}  # two lines, where a client can
ABOUT = {"Content-Type": "text/plain", "Content-Language": "en", "Content-Location": "/spoons"}


def fields(how):
    return {"condition": {"If-None-Match": '"leaf"'}, "secret": SECRETS, "secret-post": SECRETS, "secret-twice": TWICE, "post": ABOUT, "put": ABOUT,
            "expecting": {"Expect": "100-continue"}}.get(how, {})


def method(how):
    return {"post": "POST", "secret-post": "POST", "expecting": "POST", "upload": "POST", "put": "PUT", "delete": "DELETE", "head": "HEAD"}.get(how, "GET")


def content(how):
    return {"post": "two spoons", "secret-post": "two spoons", "put": "two spoons", "expecting": "two spoons", "upload": "leaves!\n"}.get(how)


def times(how):
    return 65536 if how == "upload" else 1


# Python libraries: `urls`, `how`, `method`, `fields` and `content` (of the request)
# and `pause()` are given.
PYTHONS = {
    "http.client": """
import http.client, urllib.parse
c = None
for url in urls:
    u = urllib.parse.urlsplit(url)
    c = c or (http.client.HTTPSConnection if u.scheme == 'https' else http.client.HTTPConnection)(u.netloc, timeout=5)
    c.request(method, u.path, content, fields); r = c.getresponse(); print(r.status, r.getheaders(), r.read()); pause()
""",
    "urllib": """
import urllib.request
if how == 'auth':
    m = urllib.request.HTTPPasswordMgrWithDefaultRealm(); m.add_password(None, urls[0], 'tea', 'leaves')
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.HTTP%sAuthHandler(m)))
for url in urls:
    r = urllib.request.urlopen(urllib.request.Request(url, content, fields, method=method), timeout=5); print(r.status, r.geturl(), r.read()); pause()
""",
    "urllib3": """
import os, urllib3
p = urllib3.PoolManager(ca_certs=os.environ['SSL_CERT_FILE'])
for url in urls:
    r = p.request(method, url, body=content, headers=fields, timeout=5, retries=%s); print(r.status, dict(r.headers), r.geturl(), r.data); pause()
""",
    "requests": """
import requests
s = requests.Session()
%s
for url in urls:
    r = s.request(method, url, headers=fields, data=content, timeout=5); print(r.status_code, dict(r.headers), r.url, r.content); pause()
""",
    "httpx": """
import httpx
c = httpx.Client(http2=how in ('h2', 'upload'), timeout=5, follow_redirects=True)
for url in urls:
    r = c.request(method, url, content=content, headers=fields); print(r.status_code, r.headers, r.content); pause()
""",
    "aiohttp": """
import aiohttp, asyncio
async def main():
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5), trust_env=how == 'proxy') as s:
        for url in urls:
            if how == 'websocket':
                async with s.ws_connect(url, protocols=['tea']) as w: print('opened', w.protocol, (await w.receive()).data)
                continue
            more = dict(data=b'x' * 2000000, expect100=True) if how == 'expect' and url.endswith('1') else dict(data=content)
            lines = [(name.title(), value) for name, value in fields.items()]
            async with s.request('POST' if 'expect100' in more else method, url, headers=lines, **more) as r: print(r.status, r.headers, await r.read())
            await asyncio.sleep(1 if how == 'pause' else 0.2)
asyncio.run(main())
""",
}
RETRY = "Retry(3, backoff_factor=0.5, status_forcelist=[429, 500, 502, 503, 504])"
PYTHONS["urllib3-retry"] = PYTHONS["urllib3"] % ("urllib3." + RETRY)
PYTHONS["urllib3"] %= "None"
PYTHONS["requests-retry"] = PYTHONS["requests"] % ("from urllib3 import Retry; s.mount('http', requests.adapters.HTTPAdapter(max_retries=%s))" % RETRY)
PYTHONS["requests-digest"] = PYTHONS["requests"] % "s.auth = requests.auth.HTTPDigestAuth('tea', 'leaves')"
PYTHONS["requests"] %= ""
PYTHONS["urllib-digest"] = PYTHONS["urllib"] % "Digest"
PYTHONS["urllib"] %= "Basic"

# Node's: the same, and `load(package)`.
NODES = {
    "fetch": "for await (const url of urls) { const r = await fetch(url, { method, headers: fields, body: content }); console.log(r.status, r.url, JSON.stringify([...r.headers]), await r.text()) }",
    "undici": """
const { Agent, request, interceptors: i } = await load('undici')
const dispatcher = new Agent({ allowH2: how === 'h2' || how === 'upload' })%s
for await (const url of urls) { const r = await request(url, { dispatcher, method, headers: fields, body: content }); console.log(r.statusCode, JSON.stringify(r.headers), await r.body.text()) }
""",
    "ky": "const { default: ky } = await load('ky'); for await (const url of urls) { const r = await ky(url, { timeout: 5000 }); console.log(r.status, await r.text()) }",
    "axios": """
const { default: axios } = await load('axios')
for await (const url of urls) { const r = await axios.request({ url, method, headers: fields, data: content }); console.log(r.status, r.data) }
""",
    "got": """
const { default: got } = await load('got')
const http2 = how === 'h2' || how === 'upload'
for await (const url of urls) { const r = await got(url, { http2, method, headers: fields, body: content }); console.log(r.statusCode, r.url, r.body) }
""",
    "superagent": """
const { default: superagent } = await load('superagent')
for await (const url of urls) { const r = await superagent(method, url).set(fields).send(content); console.log(r.status, r.text) }
""",
    "needle": """
const { default: needle } = await load('needle')
const more = how === 'auth' ? { username: 'tea', password: 'leaves', auth: 'auto' } : {}
for await (const url of urls) { const r = await needle(method.toLowerCase(), url, content ?? null, { headers: fields, follow_max: 10, ...more }); console.log(r.statusCode, r.raw.toString()) }
""",
}
NODES["node-fetch"] = "const { default: fetch } = await load('node-fetch')\n" + NODES["fetch"]
NODES["undici-retry"] = NODES["undici"] % ".compose(i.retry())"
NODES["undici-cache"] = NODES["undici"] % ".compose(i.cache())"
NODES["undici"] %= ""

# A page: what it saw goes to /told.
PAGE = """<!doctype html><link rel=icon href="data:,"><script>
const tell = text => fetch('%(told)s', { method: 'POST', mode: 'no-cors', body: text })
const urls = %(urls)s, how = '%(how)s'
;(async () => {
  const said = []
  try {
    for (const url of urls) {
      if (how === 'websocket') {
        said.push(await new Promise(resolve => { const w = new WebSocket(url.replace('http', 'ws')); w.onmessage = m => resolve('opened ' + m.data); w.onerror = () => resolve('error') }))
        continue
      }
      const r = await fetch(url, how === 'second-post' && url.endsWith('2') ? { method: 'POST', body: 'tea' } : {})
      said.push(r.status + ' ' + r.url + ' X-Leaf: ' + r.headers.get('X-Leaf') + ' ' + await r.text())
    }
  } catch (e) { said.push('failed: ' + e) }
  await tell(said.join('\\n'))
})()
</script>"""


def python(code, urls, how):
    octets = content(how) and content(how).encode()
    given = "import sys, time\nurls = sys.argv[1:]; how, method, fields, content = %r, %r, %r, %r%s\npause = lambda: time.sleep(%r)\n" % (
        how, method(how), fields(how), octets, " * %d" % times(how) if octets else "", 1 if how == "pause" else 0.2)
    return [PYTHON, "-c", given + code, *urls]


def node(code, urls, how):
    given = """import { createRequire } from 'node:module'; import { pathToFileURL } from 'node:url'
const load = name => import(pathToFileURL(createRequire(%s).resolve(name)).href)
async function* paced(urls) { for (const url of urls) { yield url; if (how === 'pause') await new Promise(go => setTimeout(go, 1000)) } }
const how = %s, urls = paced(%s), method = %s, fields = %s, content = %s?.repeat(%s)
""" % tuple(json.dumps(v) for v in (os.path.join(os.path.abspath(NODE), "none.js"), how, urls, method(how), fields(how), content(how), times(how)))
    return ["node", "--input-type=module", "-e", given + code + "\nprocess.exit() // and no waiting for a connection that has been left"]


def lines(option, how):
    return [word for name, value in fields(how).items() for word in (option, name + ": " + value)]


def curl(urls, how, file):
    more = {"auth": ["--anyauth", "-u", "tea:leaves"], "head": ["-I"],
            "retry": ["--retry", "2", "--retry-max-time", "8"], "pause": ["--rate", "1/s"], "resume": ["-C", "-", "-o", file], "post": ["--data-binary", "two spoons"],
            "secret-post": ["--data-binary", "two spoons"], "expecting": ["--expect100-timeout", "3", "--data-binary", "two spoons"],
            "upload": ["--data-binary", "@" + file]}.get(how, [])
    h2 = ["--http2"] if how in ("h2", "upload") else ["--http1.1"]
    told = ["-w", r" status %{http_code} from %{url_effective}\n"]
    if how == "second-post":
        return ["curl", "-q", "-sS", urls[0], "--next", "-sS", "-d", "tea", urls[1]]
    return ["curl", "-q", "-sS", "-L", "-m", "5", *h2, *more, *lines("-H", how), *told, *urls]


def wget(urls, how, file):
    more = {"auth": ["--user=tea", "--password=leaves"], "head": ["--method=HEAD"], "status": ["-S"], "resume": ["-c"],
            "post": ["--post-data=two spoons"], "secret-post": ["--post-data=two spoons"],
            "retry": ["-t", "3", "--waitretry=1", "--retry-on-http-error=429,503"]}.get(how, [])
    return ["wget", "--no-config", "-nv", "-t", "1", "-T", "5", "--ca-certificate", os.environ["SSL_CERT_FILE"], "-O", file, *more, *lines("--header", how), *urls]


def wget2(urls, how, file):
    more = {"auth": ["--http-user=tea", "--http-password=leaves"], "head": ["--spider"], "post": ["--post-data=two spoons"],
            "secret-post": ["--post-data=two spoons"]}.get(how, [])
    return ["wget2", "--no-config", "-t", "1", "-T", "5", "--ca-certificate", os.environ["SSL_CERT_FILE"], "-O", file, *more, *lines("--header", how), *urls]


def aria2(urls, how, file):
    more = ["-m", "3", "--retry-wait=1"] if how == "retry" else ["-m", "1"]
    return ["aria2c", "--no-conf", *more, "-t", "5", "--summary-interval=0", "--ca-certificate", os.environ["SSL_CERT_FILE"],
            "-d", os.path.dirname(file), "-o", os.path.basename(file), *lines("--header", how), *urls]


def httpie(urls, how, file):
    more = ["--download", "--continue", "-o", file] if how == "resume" else ["--headers"] if how == "head" else ["--raw", content(how)] if content(how) else []
    return ["http", "--ignore-stdin", "--check-status", "--follow", "--timeout", "5", "--verify", os.environ["SSL_CERT_FILE"], *more,
            method(how), *urls, *(name + ":" + value for name, value in fields(how).items())]


def lwp(urls, how, file):
    more = {"auth": ["-C", "tea:leaves"], "head": ["-m", "HEAD", "-s"]}.get(how, [])
    return ["lwp-request", "-P", "-t", "5", *more, *lines("-H", how), *urls]


# Go's net/http: METHOD CONTENT {"field":"value"} PAUSE URL...
GO = r"""package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

func main() {
	log.SetOutput(io.Discard) // net/http tells there of what came unasked; the caller does not get it
	pause, err := time.ParseDuration(os.Args[4])
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	if proxy, err := url.Parse(os.Getenv("https_proxy")); err == nil && proxy.Host != "" {
		// By itself net/http does not obey it where the host is this machine.
		http.DefaultTransport.(*http.Transport).Proxy = http.ProxyURL(proxy)
	}
	fields := map[string]string{}
	if err := json.Unmarshal([]byte(os.Args[3]), &fields); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	for _, url := range os.Args[5:] {
		q, err := http.NewRequest(os.Args[1], url, strings.NewReader(os.Args[2]))
		if err != nil {
			fmt.Println(err)
			os.Exit(2)
		}
		for name, value := range fields {
			q.Header.Set(name, value)
		}
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		content, err := io.ReadAll(r.Body)
		fmt.Println(r.Status, r.Proto, r.Request.URL, r.Header, string(content), err)
		if err != nil {
			os.Exit(1)
		}
		time.Sleep(pause)
	}
}
"""


def go(urls, how, file):
    program = os.path.join(os.path.dirname(file), "get.go")
    with open(program, "w") as f:
        f.write(GO)
    return ["go", "run", program, method(how), content(how) or "", json.dumps(fields(how)), "1s" if how == "pause" else "0s", *urls]


COMMANDS = {"curl": curl, "wget": wget, "wget2": wget2, "aria2": aria2, "httpie": httpie, "lwp-request": lwp, "go-net-http": go}
BROWSERS = {
    "chromium": lambda url, folder: ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--user-data-dir=" + folder, url],
    "firefox": lambda url, folder: ["firefox-esr", "--headless", "--no-remote", "--marionette", "--profile", folder],
}
NAMES = [*COMMANDS, *("python-" + name for name in PYTHONS), *("node-" + name for name in NODES), *BROWSERS]


def command(name, urls, how, file):
    language, _, library = name.partition("-")
    if language == "python":
        return python(PYTHONS[library], urls, how)
    if language == "node":
        return node(NODES[library], urls, how)
    return COMMANDS[name](urls, how, file)
