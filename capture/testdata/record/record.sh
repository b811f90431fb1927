#!/usr/bin/env bash
# Makes every recording in capture/testdata that a real program made, against our
# own server on loopback: capture/testdata/record/record.sh [NAME...]
# Without names it makes all of them. Then: go test ./capture -update
set -euo pipefail
cd "$(dirname "$0")/../../.."
into=$PWD/capture/testdata
work=$(mktemp -d)
trap 'kill $(cat "$work"/*.pid) 2>/dev/null; rm -rf "$work"' EXIT

go build -o "$work/statute" ./cmd/statute
"$work/statute" serve --data "$work/data" --listen 127.0.0.1:0 --ready "$work/ready" >/dev/null 2>&1 &
echo $! >"$work/serve.pid"
until [ -s "$work/ready" ]; do sleep 0.1; done
http=$(sed 's/.*"http":"\([^"]*\)".*/\1/' "$work/ready")
https=$(sed 's/.*"https":"\([^"]*\)".*/\1/' "$work/ready")
curl -sX PUT -H 'Content-Type: text/plain' -d 'something to keep' "$http/lab/depot/har" -o /dev/null

chromium() { go run ./capture/testdata/record/chromium "$http" >"$into/chromium.har"; }
chromium_h2() { go run ./capture/testdata/record/chromium "$https" sanitized >"$into/chromium-h2.har"; }
firefox() { python3 capture/testdata/record/firefox.py "$http" >"$into/firefox.har"; }

# wget ends with 6 or 8 where the server answered with an error.
wget_to() {
	(cd "$work" && wget -q --tries=1 -O /dev/null --no-warc-keep-log --content-on-error "$@" \
		"$http/412" "$http/lab/page" "$http/status/302" "$http/status/404" "$http/status/401" "$http/lab/nowhere") || [ $? -lt 9 ]
}
wget_plain() { wget_to --warc-file=wget --no-warc-compression; mv "$work/wget.warc" "$into/wget.warc"; }
wget_gzip() { wget_to --warc-file=wget; mv "$work/wget.warc.gz" "$into/wget.warc.gz"; }

# stdout and stderr go where a terminal shows them: to one place.
curl_v() {
	curl -sv -L "$http/lab/page" "$http/status/302" >"$into/curl-v.txt" 2>&1
	curl -sv -X DELETE "$http/lab/page" >>"$into/curl-v.txt" 2>&1
	curl -sv -T - -H 'Content-Type: text/plain' -H 'Expect: 100-continue' "$http/lab/depot/curl" <README.md >>"$into/curl-v.txt" 2>&1
	curl -svk --http2 "$https/lab/page" >"$into/curl-v-h2.txt" 2>&1
}
curl_i() { curl -si -L "$http/status/302" "$http/status/404" "$http/status/103" >"$into/curl-i.txt"; }

# Debian 12's mitmproxy writes HAR with an example script of its own.
mitmproxy() {
	local script=/usr/share/doc/mitmproxy/examples/contrib/har_dump.py
	mitmdump -q --listen-host 127.0.0.1 -p 18099 --ssl-insecure -s "$script" --set "hardump=$work/m.har" --set confdir="$work/mitm" &
	echo $! >"$work/mitm.pid"
	until curl -s -o /dev/null http://127.0.0.1:18099/; do sleep 0.2; done
	local through=(curl -sk -o /dev/null -x http://127.0.0.1:18099)
	"${through[@]}" "$http/lab/page" "$http/status/302" "$http/status/404" "$http/status/304"
	"${through[@]}" -u me:secret -b a=b --compressed "$http/412"
	"${through[@]}" -I "$http/lab/page"
	"${through[@]}" -T README.md -H 'Content-Type: text/markdown' "$http/lab/depot/mitm"
	"${through[@]}" --http2 "$https/lab/page" "$https/static/icon.svg" "$https/status/429"
	kill -INT "$(cat "$work/mitm.pid")"
	wait "$(cat "$work/mitm.pid")" || true
	mv "$work/m.har" "$into/mitmproxy.har"
}

if [ $# = 0 ]; then
	set -- chromium chromium_h2 firefox wget_plain wget_gzip curl_v curl_i mitmproxy
fi
for name; do
	"$name"
done
