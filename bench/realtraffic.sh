#!/usr/bin/env bash
# realtraffic.sh: what real clients and servers say to one another, recorded and
# judged by statute lint, so that every finding can be checked by hand. A rule
# that calls something wrong that is in order is mended, and what tempted it goes
# among the good examples of its page.
#
#	bench/realtraffic.sh [FOLDER]
#
# Servers: nginx, Apache, lighttpd, Caddy, Node (http and express), and our own.
# Clients: curl with sixty kinds of requests, our asker, Chromium (twice, so that
# it asks conditionally), litmus and rclone of Apache's WebDAV, and, where there is
# a network, apt, npm and go through the recording proxy with TLS opened. Programs that are missing are left out and
# named. The folder (a temporary one if none is given) keeps a journal and a
# report for each pair; a table of the findings comes last.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-$(mktemp -d)}
mkdir -p "$out"
out=$(cd "$out" && pwd)
export PATH="$PATH:/usr/sbin"
go build -o "$out/statute" ./cmd/statute
statute=$out/statute

pids=()
# end ends what this script started.
end() {
	for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done
	wait 2>/dev/null || true
}
trap end EXIT

port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
await() { for _ in $(seq 100); do curl -s -o /dev/null "$1" && return; sleep 0.1; done; echo "nobody answers at $1" >&2; return 1; }

# The site that all of them serve.
site=$out/site
mkdir -p "$site/dir" "$site/dav"
chmod 755 "$out" "$site"
python3 - "$site" <<'PY'
import sys, os, base64
root = sys.argv[1]
open(root + "/index.html", "w").write('<!doctype html><html lang="en"><link rel="stylesheet" href="style.css"><link rel="icon" href="pixel.png"><script src="app.js"></script><img src="pixel.png" alt=""><img src="missing.png" alt=""><p>' + "tea " * 800 + "</p></html>\n")
open(root + "/style.css", "w").write("p { color: #333 }\n" * 100)
open(root + "/app.js", "w").write('fetch("data.json").then(r => r.json()); fetch("old"); fetch("big.bin", {headers: {Range: "bytes=0-9"}}); fetch("data.json", {method: "POST", body: "{}"});\n')
open(root + "/data.json", "w").write('{"tea": true}\n')
open(root + "/pixel.png", "wb").write(base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="))
open(root + "/big.bin", "wb").write(bytes(range(256)) * 800)
open(root + "/empty.txt", "w").close()
open(root + "/dir/index.html", "w").write("<!doctype html><title>dir</title>\n")
os.chmod(root + "/dav", 0o777)
PY
closed=$(port) # nobody listens here

declare -A at version
nginx_() {
	command -v nginx >/dev/null || return 1
	local p=$1
	mkdir -p "$out/nginx/tmp"
	printf 'tea:$apr1$abcdefgh$2HvnqP9NDuYcwaRaL7kyX1\n' >"$out/htpasswd"
	printf 'tea:%s\n' "$(openssl passwd -apr1 -salt abcdefgh pot)" >"$out/htpasswd"
	cat >"$out/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $out/nginx/pid; error_log $out/nginx/error.log;
events {}
http {
	access_log off; include /etc/nginx/mime.types; default_type application/octet-stream;
	client_body_temp_path $out/nginx/tmp; proxy_temp_path $out/nginx/tmp; fastcgi_temp_path $out/nginx/tmp; uwsgi_temp_path $out/nginx/tmp; scgi_temp_path $out/nginx/tmp;
	gzip on; gzip_types text/css application/json; limit_req_zone \$binary_remote_addr zone=one:1m rate=1r/m; limit_req_status 429; client_max_body_size 100k;
	server {
		listen 127.0.0.1:$p; root $site;
		location = /old { return 301 /index.html; }
		location = /gone { return 410; }
		location = /teapot { return 418; }
		location = /away { return 503; }
		location /auth { auth_basic "tea"; auth_basic_user_file $out/htpasswd; try_files /index.html =404; }
		location = /broken { proxy_pass http://127.0.0.1:$closed; }
		location = /limited { limit_req zone=one; try_files /index.html =404; }
		location /private { deny all; }
		location /list { alias $site/; autoindex on; index nothing; }
	}
}
CONF
	nginx -c "$out/nginx.conf" -e "$out/nginx/error.log" >/dev/null 2>&1 &
	pids+=($!)
	version[nginx]=$(nginx -v 2>&1 | sed 's/.*: //')
}
apache_() {
	command -v apache2 >/dev/null || return 1
	local p=$1 m=/usr/lib/apache2/modules
	mkdir -p "$out/apache"
	{
		for module in mpm_event authn_core authn_file authz_core authz_user auth_basic dir alias mime deflate filter negotiation autoindex rewrite headers dav dav_fs proxy proxy_http setenvif; do
			[ -e "$m/mod_$module.so" ] && echo "LoadModule ${module}_module $m/mod_$module.so"
		done
		cat <<CONF
ServerName localhost
Listen 127.0.0.1:$p
PidFile $out/apache/pid
ErrorLog $out/apache/error.log
DocumentRoot $site
TypesConfig /etc/mime.types
DirectoryIndex index.html
LimitRequestBody 102400
AddOutputFilterByType DEFLATE text/html text/css application/json
<Directory $site>
	Options +Indexes +MultiViews
	Require all granted
</Directory>
Redirect 301 /old /index.html
Redirect gone /gone
Redirect 503 /away
<Location /auth>
	AuthType Basic
	AuthName tea
	AuthUserFile $out/htpasswd
	Require valid-user
</Location>
Alias /auth $site/index.html
<Location /private>
	Require all denied
</Location>
ProxyPass /broken http://127.0.0.1:$closed/
DavLockDB $out/apache/lock
<Location /dav>
	Dav On
</Location>
CONF
	} >"$out/apache.conf"
	apache2 -X -f "$out/apache.conf" >/dev/null 2>&1 &
	pids+=($!)
	version[apache]=$(apache2 -v | sed -n 's/.*version: //p')
}
lighttpd_() {
	command -v lighttpd >/dev/null || return 1
	mkdir -p "$out/lighttpd"
	cat >"$out/lighttpd.conf" <<CONF
server.modules = ("mod_redirect", "mod_auth", "mod_authn_file", "mod_access", "mod_dirlisting", "mod_deflate", "mod_staticfile", "mod_proxy")
server.document-root = "$site"
server.bind = "127.0.0.1"
server.port = $1
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/html", ".css" => "text/css", ".js" => "text/javascript", ".json" => "application/json", ".png" => "image/png", "" => "application/octet-stream")
url.redirect = ("^/old\$" => "/index.html")
\$HTTP["url"] =~ "^/private" { url.access-deny = ("") }
auth.backend = "htpasswd"
auth.backend.htpasswd.userfile = "$out/htpasswd"
auth.require = ("/auth" => ("method" => "basic", "realm" => "tea", "require" => "valid-user"))
deflate.mimetypes = ("text/")
deflate.allowed-encodings = ("gzip")
deflate.cache-dir = "$out/lighttpd"
\$HTTP["url"] =~ "^/broken" { proxy.server = ("" => (("host" => "127.0.0.1", "port" => $closed))) }
CONF
	lighttpd -D -f "$out/lighttpd.conf" >"$out/lighttpd/log" 2>&1 &
	pids+=($!)
	version[lighttpd]=$(lighttpd -v | cut -d' ' -f1)
}
caddy_() {
	command -v caddy >/dev/null || return 1
	local hash
	hash=$(caddy hash-password --plaintext pot)
	cat >"$out/Caddyfile" <<CONF
{
	admin off
	auto_https off
}
http://127.0.0.1:$1 {
	root * $site
	encode gzip
	redir /old /index.html 301
	respond /gone 410
	respond /teapot 418
	respond /away 503
	respond /private 403
	reverse_proxy /broken 127.0.0.1:$closed
	basicauth /auth {
		tea $hash
	}
	rewrite /auth /index.html
	file_server browse
}
CONF
	XDG_DATA_HOME=$out/caddy XDG_CONFIG_HOME=$out/caddy caddy run --config "$out/Caddyfile" --adapter caddyfile >"$out/caddy.log" 2>&1 &
	pids+=($!)
	version[caddy]="Caddy/$(caddy version | cut -d' ' -f1)"
}
node_() {
	command -v node >/dev/null || return 1
	node bench/realtraffic/http.js "$1" "$site" >"$out/node.log" 2>&1 &
	pids+=($!)
	version[node]="node http/$(node --version)"
}
express_() {
	command -v npm >/dev/null || return 1
	mkdir -p "$out/express"
	(cd "$out/express" && [ -d node_modules/express ] || (cd "$out/express" && npm install --silent --no-fund --no-audit express@5 >/dev/null 2>&1)) || return 1
	NODE_PATH=$out/express/node_modules node bench/realtraffic/express.js "$1" "$site" >"$out/express.log" 2>&1 &
	pids+=($!)
	version[express]="express/$(node -p "require('$out/express/node_modules/express/package.json').version")"
}
statute_() {
	"$statute" serve --listen "127.0.0.1:$1" --data "$out/lab" >"$out/lab.log" 2>&1 &
	pids+=($!)
	version[statute]=$("$statute" --version)
}

servers="nginx apache lighttpd caddy node express statute"
printf 'tea:%s\n' "$(openssl passwd -apr1 -salt abcdefgh pot)" >"$out/htpasswd"
for s in $servers; do
	p=$(port)
	if "${s}_" "$p" && await "http://127.0.0.1:$p/"; then
		at[$s]=127.0.0.1:$p
	else
		echo "left out: $s" >&2
	fi
done

# watch NAME FLAGS...: begins to record; done_watching ends it.
watch() {
	local name=$1
	shift
	rm -f "$out/ready.json" "$out/$name.jsonl"
	"$statute" lint "$@" --ready "$out/ready.json" --journal "$out/$name.jsonl" --format json --fail-on never >"$out/$name.findings" 2>"$out/$name.log" &
	watcher=$!
	for _ in $(seq 100); do [ -s "$out/ready.json" ] && break; sleep 0.05; done
	proxy=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1])).get("proxy",""))' "$out/ready.json")
	reverse=$(python3 -c 'import json,sys; print((json.load(open(sys.argv[1])).get("reverse") or [""])[0])' "$out/ready.json")
	ca=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1])).get("ca",""))' "$out/ready.json")
}
done_watching() {
	kill -INT "$watcher" 2>/dev/null || true
	wait "$watcher" || true
}

c() { curl -s -o /dev/null -m 10 "$@" || true; }

# requests URL: what curl is made to ask.
requests() {
	local u=$1 tag modified
	tag=$(curl -sI "$u/big.bin" | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')
	modified=$(curl -sI "$u/big.bin" | tr -d '\r' | sed -n 's/^[Ll]ast-[Mm]odified: //p')
	c "$u/"; c -I "$u/"; c "$u/big.bin"; c -I "$u/big.bin"; c "$u/empty.txt"; c "$u/data.json"
	c --compressed "$u/"; c --compressed -I "$u/"; c -H 'Accept-Encoding: identity;q=0, *;q=0' "$u/"
	c "$u/index"; c -H 'Accept: image/webp' "$u/index"; c -H 'Accept-Language: zh-TW' "$u/"
	for v in "$tag" "W/$tag" "\"none\", $tag" '*' '"none"'; do
		c -H "If-None-Match: $v" "$u/big.bin"; c -I -H "If-None-Match: $v" "$u/big.bin"; c -H "If-Match: $v" "$u/big.bin"
	done
	c --compressed -H "If-None-Match: $(curl -sI --compressed "$u/" | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')" "$u/"
	c -H "If-Modified-Since: $modified" "$u/big.bin"; c -H 'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT' "$u/big.bin"
	c -H "If-Unmodified-Since: $modified" "$u/big.bin"; c -H 'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT' "$u/big.bin"; c -H 'If-Modified-Since: yesterday' "$u/big.bin"
	for r in 0-0 -1 0-9,20-29 0-9,5-14 999999- 5-1 -0 0-999999999; do c -r "$r" "$u/big.bin"; done
	c -H 'Range: tea=0-1' "$u/big.bin"; c -I -r 0-9 "$u/big.bin"; c -r 0-0 "$u/empty.txt"; c --compressed -r 0-9 "$u/"
	c -r 0-9 -H "If-Range: $tag" "$u/big.bin"; c -r 0-9 -H 'If-Range: "none"' "$u/big.bin"; c -r 0-9 -H "If-Range: $modified" "$u/big.bin"; c -r 0-9 -H "If-None-Match: $tag" "$u/big.bin"
	c -X OPTIONS "$u/"; c -X OPTIONS --request-target '*' "$u/"; c -X TRACE "$u/"; c -X BREW "$u/"; c -X CONNECT "$u/"
	c -d x=1 "$u/"; c -d x=1 "$u/big.bin"; c -T "$site/data.json" "$u/new.json"; c -X DELETE "$u/big.bin-not"; c -X PROPFIND "$u/"; c -X PATCH -d x "$u/data.json"
	c -H 'Transfer-Encoding: chunked' -d x=1 "$u/"; c -H 'Transfer-Encoding: gzip, chunked' -d x=1 "$u/"; c -H 'Expect: 100-continue' -T "$site/big.bin" "$u/dir/"; c -H 'Expect: tea' "$u/"
	c --data-binary "@$site/big.bin" "$u/"; c -H 'Expect:' --data-binary "@$site/big.bin" "$u/data.json"
	c "$u/missing"; c -I "$u/missing"; c "$u/old"; c -L "$u/old"; c -I "$u/old"; c -d x=1 "$u/old"; c "$u/dir"; c -L "$u/dir"; c "$u/gone"; c "$u/teapot"; c "$u/away"; c "$u/list/"; c "$u/private"; c "$u/broken"; c -I "$u/broken"
	c "$u/auth"; c -u tea:pot "$u/auth"; c -u tea:cup "$u/auth"; c -I "$u/auth"; c --anyauth -u tea:pot "$u/auth"
	c "$u/limited"; c "$u/limited"
	c -0 "$u/"; c -0 -H 'Host:' "$u/"; c -0 -H 'Connection: keep-alive' "$u/"; c -H 'Host:' "$u/"; c -H 'Host: a b' "$u/"; c -H 'Connection: close' "$u/"; c -H 'Connection: upgrade' -H 'Upgrade: websocket' "$u/"
	c "$u/$(head -c 20000 /dev/zero | tr '\0' a)"; c -H "Long: $(head -c 20000 /dev/zero | tr '\0' a)" "$u/"; c "$u/%zz"; c --path-as-is "$u/../../etc/passwd"; c "$u/%00"
	printf 'GET / HTTP/1.1\nHost: a\n\n' | raw "$u"; printf 'GET /\r\n' | raw "$u"; printf 'GET / HTTP/3.0\r\nHost: a\r\n\r\n' | raw "$u"; printf 'tea\r\n\r\n' | raw "$u"
	printf 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n' | raw "$u"; printf 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' | raw "$u"; printf 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n' | raw "$u"
	printf 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /missing HTTP/1.1\r\nHost: a\r\n\r\nHEAD /big.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' | raw "$u"
}
raw() { python3 bench/realtraffic/raw.py "$1"; }

for s in $servers; do
	[ -n "${at[$s]:-}" ] || continue
	watch "curl-$s" --reverse "127.0.0.1:0=${at[$s]}"
	requests "$reverse"
	done_watching
	"$statute" lint "http://${at[$s]}/big.bin" "http://${at[$s]}/" --journal "$out/ask-$s.jsonl" --format json --fail-on never >"$out/ask-$s.findings" 2>"$out/ask-$s.log" || true
	if command -v chromium >/dev/null; then
		watch "chromium-$s" --proxy 127.0.0.1:0
		for _ in 1 2; do
			timeout 40 chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --user-data-dir="$out/profile-$s" \
				--proxy-server="$proxy" --proxy-bypass-list='<-loopback>' --virtual-time-budget=5000 --dump-dom "http://${at[$s]}/" >/dev/null 2>&1 || true
		done
		done_watching
	fi
done

# WebDAV, with its sequences of methods.
if [ -n "${at[apache]:-}" ] && command -v litmus >/dev/null && command -v rclone >/dev/null; then
	watch dav-apache --reverse "127.0.0.1:0=${at[apache]}"
	(cd "$out" && timeout 100 litmus -k "$reverse/dav/" >/dev/null 2>&1) || true
	dav() { timeout 30 rclone --webdav-url "$reverse/dav/" --webdav-vendor other "$@" >/dev/null 2>&1 || true; }
	dav copy "$site/dir" :webdav:one
	dav copyto :webdav:one/index.html :webdav:one/deep/er/copy.html
	dav moveto :webdav:one/index.html :webdav:two/index.html
	dav purge :webdav:one
	done_watching
fi

# Clients of registries, over the network and opened TLS.
if [ "${NETWORK:-1}" = 1 ]; then
	watch apt --proxy 127.0.0.1:0
	mkdir -p "$out/apt/lists/partial" "$out/apt/cache/archives/partial"
	for _ in 1 2; do
		timeout 120 apt-get -q -o Acquire::http::Proxy="$proxy" -o Dir::State::lists="$out/apt/lists" -o Dir::Cache="$out/apt/cache" -o APT::Sandbox::User=root update >/dev/null 2>&1 || true
	done
	(cd "$out/apt" && timeout 60 apt-get -q -o Acquire::http::Proxy="$proxy" -o Dir::State::lists="$out/apt/lists" -o Dir::Cache="$out/apt/cache" -o APT::Sandbox::User=root download ed >/dev/null 2>&1) || true
	done_watching
	if command -v npm >/dev/null; then
		watch npm --proxy 127.0.0.1:0 --open-tls --data "$out/authority"
		mkdir -p "$out/npm"
		for _ in 1 2; do
			(cd "$out/npm" && rm -rf node_modules && timeout 60 npm --https-proxy "$proxy" --proxy "$proxy" --cafile "$ca" --cache "$out/npm/cache" --prefer-online --no-audit --no-fund install ms@2.1.3 >/dev/null 2>&1) || true
		done
		done_watching
	fi
	watch go --proxy 127.0.0.1:0 --open-tls --data "$out/authority"
	mkdir -p "$out/go"
	cat "$ca" /etc/ssl/certs/ca-certificates.crt >"$out/roots.pem"
	(cd "$out/go" && printf 'module x\n\ngo 1.26\n' >go.mod && timeout 60 env HTTPS_PROXY="$proxy" SSL_CERT_FILE="$out/roots.pem" GOMODCACHE="$out/go/cache" GOFLAGS=-modcacherw go get github.com/dunglas/httpsfv@latest >/dev/null 2>&1) || true
	done_watching
fi

echo "kept in $out"
python3 bench/realtraffic/table.py "$out" "$(for s in "${!version[@]}"; do printf '%s=%s\n' "$s" "${version[$s]}"; done)"
