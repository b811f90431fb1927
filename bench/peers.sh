#!/bin/sh
# Measures our server beside nginx and go-httpbin, one core each: servers on
# core 0, wrk on core 1. All three stay up, and rounds alternate, so that what
# else the machine does falls on all alike; ratios are medians of rounds' ratios.
#
# Three answers: 204 and 200 by a plain handler, and the real posed 204 of
# /status/204, beside what the peers do for the same status.
#
#   bench/peers.sh [rounds [seconds]]        5 rounds of 2 s unless told
#
# Needs nginx (nginx-light), wrk, taskset, curl and Go. Takes about
# 9 x rounds x seconds. Touches nothing but a temporary folder and what it
# started itself.
set -eu
rounds=${1:-5} seconds=${2:-2}
here=$(cd "$(dirname "$0")" && pwd)
peer=github.com/mccutchen/go-httpbin/v2/cmd/go-httpbin@v2.26.0
port=${PORT:-18600}
dir=$(mktemp -d)
pids=
finish() {
	for pid in $pids; do kill "$pid" 2>/dev/null || :; done
	wait
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM
PATH=$PATH:/usr/sbin

for tool in nginx wrk taskset go curl; do
	command -v $tool >/dev/null || { echo "peers.sh: no $tool: install nginx-light, wrk, util-linux, curl and Go" >&2; exit 1; }
done
(cd "$here" && go build -o "$dir/ours" ./server)
GOBIN=$dir go install $peer
sed "s|DIR|$dir|; s|PORT|$((port + 1))|" "$here/nginx.conf" >"$dir/nginx.conf"

start() { # start NAME COMMAND...
	name=$1; shift
	GOMAXPROCS=1 taskset -c 0 "$@" >"$dir/$name.log" 2>&1 &
	pids="$pids $!"
	eval "pid_$name=$!"
}
start ours "$dir/ours" -listen 127.0.0.1:$port
start nginx nginx -c "$dir/nginx.conf" -p "$dir"
start httpbin "$dir/go-httpbin" -host 127.0.0.1 -port $((port + 2)) -log-level OFF

url_ours_204=http://127.0.0.1:$port/204
url_ours_200=http://127.0.0.1:$port/200
url_ours_posed=http://127.0.0.1:$port/status/204
url_nginx_204=http://127.0.0.1:$((port + 1))/204
url_nginx_200=http://127.0.0.1:$((port + 1))/200
url_nginx_posed=$url_nginx_204
url_httpbin_204=http://127.0.0.1:$((port + 2))/status/204
url_httpbin_posed=$url_httpbin_204
# Of its answers with content this is the one of the same 13 octets.
url_httpbin_200=http://127.0.0.1:$((port + 2))/base64/SGVsbG8sIFdvcmxkIQ==

for name in ours nginx httpbin; do
	for answer in 204 200 posed; do
		eval "url=\$url_${name}_$answer"
		[ $answer = posed ] && code=204 || code=$answer
		got=$(curl -s -o /dev/null -w '%{http_code}' --retry 20 --retry-connrefused --retry-delay 1 --max-time 30 "$url")
		[ "$got" = $code ] || { echo "peers.sh: $url answers $got, not $code; its log:" >&2; cat "$dir/$name.log" >&2; exit 1; }
	done
done
pid_nginx=$(cat /proc/$pid_nginx/task/$pid_nginx/children | awk '{print $1}') # the worker

# ticks prints the processor time that a process has used, in clock ticks.
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }
hertz=$(getconf CLK_TCK)

for round in $(seq "$rounds"); do
	for answer in 204 200 posed; do
		for name in ours nginx httpbin; do
			eval "url=\$url_${name}_$answer pid=\$pid_$name"
			before=$(ticks "$pid")
			taskset -c 1 wrk -t1 -c32 -d"${seconds}s" "$url" >"$dir/wrk"
			after=$(ticks "$pid")
			if grep -E 'Non-2xx|Socket errors' "$dir/wrk" >&2; then
				echo "peers.sh: $name did not answer all requests well; on a machine that is busy with other work, try again later" >&2
				exit 1
			fi
			awk -v answer=$answer -v name=$name -v round="$round" -v ticks=$((after - before)) -v hertz="$hertz" '
				/requests in/ { n = $1 }
				/Requests\/sec/ { print answer, name, round, $2, ticks / hertz / n * 1e6 }' "$dir/wrk" >>"$dir/rounds"
		done
	done
done

awk '
	function median(list, n,   i, j, t) {
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && list[j-1] > list[j]; j--) { t = list[j]; list[j] = list[j-1]; list[j-1] = t }
		return n % 2 ? list[(n+1)/2] : (list[n/2] + list[n/2+1]) / 2
	}
	function of(what, answer, name,   i, list) {
		for (i = 1; i <= rounds; i++) list[i] = what == "rate" ? rate[answer, name, i] : cpu[answer, name, i]
		return median(list, rounds)
	}
	function ratio(answer, peer,   i, list) {
		for (i = 1; i <= rounds; i++) list[i] = rate[answer, "ours", i] / rate[answer, peer, i]
		return median(list, rounds)
	}
	function effort(answer, peer,   i, list) {
		for (i = 1; i <= rounds; i++) list[i] = cpu[answer, peer, i] / cpu[answer, "ours", i]
		return median(list, rounds)
	}
	{ rate[$1, $2, $3] = $4; cpu[$1, $2, $3] = $5; if ($3 > rounds) rounds = $3 }
	END {
		split("204 200 posed", answers); split("ours nginx httpbin", names)
		printf "%-6s %-9s %10s %12s\n", "answer", "server", "requests/s", "CPU us each"
		for (c = 1; c <= 3; c++)
			for (n = 1; n <= 3; n++)
				printf "%-6s %-9s %10.0f %12.2f\n", answers[c], names[n], of("rate", answers[c], names[n]), of("cpu", answers[c], names[n])
		for (c = 1; c <= 3; c++)
			printf "%s: ours / nginx %.2f by rate, %.2f by CPU; ours / go-httpbin %.2f by rate, %.2f by CPU\n", answers[c],
				ratio(answers[c], "nginx"), effort(answers[c], "nginx"), ratio(answers[c], "httpbin"), effort(answers[c], "httpbin")
	}' "$dir/rounds"
