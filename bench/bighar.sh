#!/usr/bin/env bash
# bighar.sh: a HAR of two gigabytes, made on the spot, and what judging it costs:
# time, exchanges a second, and the most memory that was held at a time. The same
# for a gzip of it. It needs Linux, Go, Python and as much room in the folder.
#
#	bench/bighar.sh [GIGABYTES [FOLDER]]
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/bighar.XXXXXX")
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/statute" ./cmd/statute
python3 - "${1:-2}" "$dir/big.har" <<'PY'
import json, sys
size, name = int(float(sys.argv[1]) * 1e9), sys.argv[2]
page = "<p>The tea is <em>ready</em> when the water has boiled for a while.</p>\n" * 28
def pairs(**fields): return [{"name": k.replace("_", "-"), "value": v} for k, v in fields.items()]
def entry(n):
    ok = n % 50 > 0
    return json.dumps({
        "startedDateTime": "2026-03-03T08:00:00.000Z", "time": 5, "cache": {}, "timings": {"send": 1, "wait": 3, "receive": 1},
        "request": {"method": "GET", "url": f"https://example.org/pages/{n % 5000}?session={n}", "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [], "headersSize": 400, "bodySize": 0,
            "headers": pairs(Host="example.org", User_Agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Accept_Language="zh-TW,zh;q=0.8,en-US;q=0.5,en;q=0.3")},
        "response": {"status": 200 if ok else 401, "statusText": "OK" if ok else "Unauthorized", "httpVersion": "HTTP/1.1", "cookies": [], "redirectURL": "", "headersSize": 300, "bodySize": len(page),
            "headers": pairs(Date="Tue, 03 Mar 2026 08:00:00 GMT", Content_Type="text/html; charset=utf-8", Content_Length=str(len(page)), Vary="Accept-Encoding"),
            "content": {"size": len(page), "mimeType": "text/html; charset=utf-8", "text": page}}}).encode()
with open(name, "wb") as f:
    f.write(b'{"log":{"version":"1.2","creator":{"name":"bighar","version":"1"},"entries":[')
    n = 0
    while f.tell() < size:
        f.write((b"," if n else b"") + entry(n))
        n += 1
    f.write(b"]}}")
print(f"{n} entries, {size / n:.0f} octets each")
PY
gzip -1 -k "$dir/big.har"
for file in big.har big.har.gz; do
	python3 - "$dir/statute" "$dir/$file" <<'PY'
import os, resource, subprocess, sys, time
began = time.time()
p = subprocess.run([sys.argv[1], "lint", sys.argv[2], "--format", "json", "--fail-on", "never"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
took, used = time.time() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
count = int(p.stderr.split(" exchanges")[0].split()[-1].replace(",", ""))
print(f"{os.path.basename(sys.argv[2])}: exit {p.returncode}, {took:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of CPU, {count / took:,.0f} exchanges/s, {os.path.getsize(sys.argv[2]) / took / 1e6:.0f} MB/s, {used.ru_maxrss >> 10} MB at most")
print("  " + p.stderr.splitlines()[0])
PY
done
