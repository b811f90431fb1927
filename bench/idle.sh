#!/bin/sh
# Holds 10,000 idle connections and 1,000 that drip one octet of a head each
# second, serves ordinary requests meanwhile, and fails if the server needs more
# than 400 MB for it. Server and load are two processes, one core each. Arguments
# go to the load: bench/idle.sh -for 60s
#
# Needs taskset, Go and 11,100 descriptors a process. Takes about half a minute.
# Touches nothing but a temporary folder and what it started itself.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
server=
finish() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	wait
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

ulimit -n "$(ulimit -H -n)"
(cd "$here" && go build -o "$dir" ./server ./idle)

# The limits are for once such that all of it is allowed.
GOMAXPROCS=1 taskset -c 0 "$dir/server" -listen 127.0.0.1:0 \
	-connections 12000 -per-address 2000 -head 1h -idle 1h >"$dir/address" &
server=$!
for try in 1 2 3 4 5 6 7 8 9 10; do
	[ -s "$dir/address" ] && break
	sleep 0.2
done
taskset -c 1 "$dir/idle" -server "$(cat "$dir/address")" -pid $server "$@"
