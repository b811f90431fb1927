"""The findings of a folder as a table: which rule, where, how often, an example."""
import collections, glob, json, os, sys

folder, versions = sys.argv[1], dict(l.split("=", 1) for l in sys.argv[2].splitlines() if l)
exchanges = 0
groups = collections.OrderedDict()
for name in sorted(glob.glob(folder + "/*.findings")):
    pair = os.path.basename(name)[: -len(".findings")]
    client, _, server = pair.partition("-")
    journal = folder + "/" + pair + ".jsonl"
    if os.path.exists(journal):
        exchanges += sum(1 for _ in open(journal, errors="replace"))
    for line in open(name, errors="replace"):
        f = json.loads(line)
        key = (f["level"], f["rule"], versions.get(server, server or client))
        groups.setdefault(key, []).append((pair, f))
order = ["must", "should", "definition", "advice"]
print(f"{exchanges} exchanges")
for (level, rule, server), found in sorted(groups.items(), key=lambda g: (order.index(g[0][0]), g[0][1], g[0][2])):
    pair, f = found[0]
    print(f"{level} | {rule} | {server} | {len(found)}x | {pair} entry {f['entry']}: {f['message'][:160]} | {' / '.join(f['lines'])[:240]}")
