#!/bin/sh
# Holds the exam of proxies against those that others wrote and against ours, each
# started here on loopback with a minimal configuration whose upstream is the
# exam's own origin. Writes results/proxies/NAME.json, a line of counts each, and
# the matrix of all.
#
#   bench/proxies.sh [-r RUNS] [NAME...]     all, once, unless told
#
# Names: nginx nginx-cache apache haproxy varnish squid squid-reverse lighttpd
# caddy go node ours ours-cache ours-forward. What is not installed is said and
# left out. Needs Go, and Debian's nginx-light apache2 haproxy varnish squid
# lighttpd caddy; node takes http-proxy from npm. Touches nothing but results/, a
# temporary folder and what it started itself. PORT (18700) and the next sixty are
# used; EXAM holds more flags for statute exam proxy.
set -u
runs=1
[ "${1:-}" = -r ] && { runs=$2; shift 2; }
here=$(cd "$(dirname "$0")/.." && pwd)
base=${PORT:-18700}
dir=$(mktemp -d)
chmod 755 "$dir"
pids=
finish() {
	for pid in $pids; do kill "$pid" 2>/dev/null || :; done
	wait
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM
PATH=$PATH:/usr/sbin:/usr/local/go/bin
out=$here/results/proxies
mkdir -p "$out"
(cd "$here" && go build -o "$dir/statute" ./cmd/statute && go build -o "$dir/gateway" ./bench/gateway) || exit 3

have() { command -v "$1" >/dev/null || { echo "$name: no $1, left out"; return 1; }; }
first() { "$@" 2>&1 | head -1 | grep -o '[0-9][0-9]*\.[0-9][0-9.]*[-+a-z0-9]*' | head -1; }
start() { "$@" >"$dir/$name.log" 2>&1 & pids="$pids $!"; }
up() { # until somebody listens, ten seconds at most
	n=0
	while [ $n -lt 100 ]; do
		bash -c ": </dev/tcp/127.0.0.1/$port" 2>/dev/null && return 0
		n=$((n + 1)); sleep 0.1
	done
	echo "$name: does not listen:"; tail -3 "$dir/$name.log"; return 1
}
counts() { grep -o '"verdict": "[^"]*"' "$1" | cut -d'"' -f4 | sort | uniq -c | awk '{ printf "%s %s, ", $2, $1 }'; }
code=0
ask() { # ask VERSION MODE FLAGS...
	version=$1 mode=$2; shift 2
	up || { code=3; return; }
	n=0
	while [ $n -lt "$runs" ]; do
		n=$((n + 1)) began=$(date +%s%N)
		# shellcheck disable=SC2086
		"$dir/statute" exam proxy "127.0.0.1:$port" --mode "$mode" "$@" --name "$name" --subject-version "$version" --lang en \
			--fail-on never --json "$dir/$name.$n.json" ${EXAM:-} >"$dir/$name.$n.txt" 2>&1
		[ $? -le 1 ] || { code=3; tail -3 "$dir/$name.$n.txt"; return; }
		took=$((($(date +%s%N) - began) / 1000000))
		echo "$name $version: $(counts "$dir/$name.$n.json") ${took} ms"
		[ $n -gt 1 ] && { "$dir/statute" exam compare "$dir/$name.1.json" "$dir/$name.$n.json" || echo "$name: run $n is not like the first"; }
	done
	cp "$dir/$name.1.json" "$out/$name.json"
}

nginx_conf() { # nginx_conf EXTRA-HTTP EXTRA-LOCATION
	cat >"$dir/$name.conf" <<END
daemon off; pid $dir/$name.pid; error_log $dir/$name.error; worker_processes 1;
events {}
http {
 access_log off; client_body_temp_path $dir/$name.b; proxy_temp_path $dir/$name.p; fastcgi_temp_path $dir/$name.f; uwsgi_temp_path $dir/$name.u; scgi_temp_path $dir/$name.s;
 map \$http_upgrade \$connection_up { default upgrade; '' ''; }
 $1
 upstream behind { server 127.0.0.1:$origin; keepalive 16; }
 server { listen 127.0.0.1:$port;
  location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Host \$host; proxy_set_header Connection \$connection_up; proxy_set_header Upgrade \$http_upgrade; $2 } }
}
END
	start nginx -c "$dir/$name.conf"
}

one() {
	case $name in
	nginx) have nginx || return; nginx_conf '' ''; ask "$(first nginx -v)" reverse --origin "127.0.0.1:$origin" ;;
	nginx-cache) have nginx || return; mkdir -p "$dir/nc"; chmod 777 "$dir/nc"
		nginx_conf "proxy_cache_path $dir/nc keys_zone=tea:1m;" 'proxy_cache tea; proxy_cache_revalidate on;'
		ask "$(first nginx -v)" reverse --origin "127.0.0.1:$origin" ;;
	apache) have apache2 || return; m=/usr/lib/apache2/modules
		cat >"$dir/$name.conf" <<END
ServerRoot $dir
PidFile $dir/$name.pid
ErrorLog $dir/$name.error
ServerName localhost
Listen 127.0.0.1:$port
LoadModule mpm_event_module $m/mod_mpm_event.so
LoadModule authz_core_module $m/mod_authz_core.so
LoadModule proxy_module $m/mod_proxy.so
LoadModule proxy_http_module $m/mod_proxy_http.so
Mutex file:$dir
User daemon
Group daemon
ProxyPreserveHost On
ProxyVia On
ProxyPass / http://127.0.0.1:$origin/ upgrade=websocket retry=0
END
		start apache2 -X -f "$dir/$name.conf"; ask "$(first apache2 -v)" reverse --origin "127.0.0.1:$origin" ;;
	haproxy) have haproxy || return
		cat >"$dir/$name.conf" <<END
defaults
 mode http
 timeout connect 5s
 timeout client 30s
 timeout server 30s
frontend f
 bind 127.0.0.1:$port
 default_backend b
backend b
 server s 127.0.0.1:$origin
END
		start haproxy -f "$dir/$name.conf"; ask "$(first haproxy -v)" reverse --origin "127.0.0.1:$origin" ;;
	varnish) have varnishd || return
		start varnishd -F -n "$dir/varnish" -a "127.0.0.1:$port" -b "127.0.0.1:$origin" -s malloc,64m; ask "$(first varnishd -V)" reverse --origin "127.0.0.1:$origin" ;;
	squid | squid-reverse) have squid || return; mode=forward; line="http_port 127.0.0.1:$port" more=
		[ $name = squid-reverse ] && { mode=reverse; line="http_port 127.0.0.1:$port accel defaultsite=127.0.0.1 no-vhost" more="cache_peer 127.0.0.1 parent $origin 0 no-query no-digest originserver login=PASSTHRU name=o
never_direct allow all"; }
		cat >"$dir/$name.conf" <<END
$line
$more
http_access allow all
cache_mem 64 MB
memory_cache_mode always
pid_filename $dir/$name.pid
access_log none
cache_log stdio:/dev/stderr
coredump_dir $dir
shutdown_lifetime 0 seconds
cache_effective_user proxy
pinger_enable off
END
		start squid -N -n "statute$$" -f "$dir/$name.conf"; ask "$(first squid -v)" $mode --origin "127.0.0.1:$origin" ;;
	lighttpd) have lighttpd || return
		cat >"$dir/$name.conf" <<END
server.document-root = "$dir"
server.bind = "127.0.0.1"
server.port = $port
server.modules = ("mod_proxy")
proxy.server = ("" => (("host" => "127.0.0.1", "port" => $origin)))
proxy.header = ("upgrade" => "enable")
END
		start lighttpd -D -f "$dir/$name.conf"; ask "$(first lighttpd -v)" reverse --origin "127.0.0.1:$origin" ;;
	caddy) have caddy || return
		cat >"$dir/Caddyfile" <<END
{
 admin off
 auto_https off
}
http://:$port {
 bind 127.0.0.1
 reverse_proxy 127.0.0.1:$origin
}
END
		start env HOME="$dir" XDG_DATA_HOME="$dir" XDG_CONFIG_HOME="$dir" caddy run --config "$dir/Caddyfile" --adapter caddyfile; ask "$(first caddy version)" reverse --origin "127.0.0.1:$origin" ;;
	go) start "$dir/gateway" -golang -listen "127.0.0.1:$port" -to "127.0.0.1:$origin"; ask "$(first go version)" reverse --origin "127.0.0.1:$origin" ;;
	node) have node && have npm || return
		npm install --silent --no-audit --no-fund --prefix "$dir/npm" http-proxy@1.18.1 >"$dir/npm.log" 2>&1 || { echo "node: npm cannot install http-proxy, left out"; return; }
		cat >"$dir/npm/p.js" <<END
const p = require('http-proxy').createProxyServer({ target: 'http://127.0.0.1:$origin', ws: true, agent: new (require('http').Agent)({ keepAlive: true }) })
p.on('error', (e, q, s) => { if (s.writeHead) { if (s.headersSent) s.destroy(); else { s.writeHead(502); s.end() } } else s.destroy() })
process.on('uncaughtException', e => console.error(e)) // or one odd answer would end it
const h = require('http').createServer((q, s) => p.web(q, s))
h.on('upgrade', (q, s, head) => p.ws(q, s, head))
h.listen($port, '127.0.0.1')
END
		start node "$dir/npm/p.js"; ask "http-proxy-1.18.1-node-$(first node --version)" reverse --origin "127.0.0.1:$origin" ;;
	ours) start "$dir/gateway" -listen "127.0.0.1:$port" -to "127.0.0.1:$origin"; ask "$("$dir/statute" version | head -1 | cut -d' ' -f2)" reverse --origin "127.0.0.1:$origin" --over h1,h2,h3 ;;
	ours-cache) start "$dir/gateway" -cache -listen "127.0.0.1:$port" -to "127.0.0.1:$origin"; ask "$("$dir/statute" version | head -1 | cut -d' ' -f2)" reverse --origin "127.0.0.1:$origin" --private-cache --over h1,h2,h3 ;;
	ours-forward) start "$dir/statute" serve --listen 127.0.0.1:0 --proxy-listen "127.0.0.1:$port" --portal-listen off --data "$dir/data" --allow-upstream '127.0.0.1:*'
		ask "$("$dir/statute" version | head -1 | cut -d' ' -f2)" forward --origin "127.0.0.1:$origin" --login guest:guest --over h1,h2 ;;
	*) echo "no proxy is called $name"; code=2 ;;
	esac
}

[ $# -gt 0 ] || set -- nginx nginx-cache apache haproxy varnish squid squid-reverse lighttpd caddy go node ours ours-cache ours-forward
for name; do
	port=$base origin=$((base + 1)) base=$((base + 2))
	one
done
# shellcheck disable=SC2046
"$dir/statute" exam matrix $(ls "$out"/*.json) --out "$dir/proxies.html" && cp "$dir/proxies.html" "$out/proxies.html"
exit $code
