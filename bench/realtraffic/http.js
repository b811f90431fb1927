// A server on Node's own http module, as people write them.
const http = require("node:http"), fs = require("node:fs"), path = require("node:path");
const [port, root] = process.argv.slice(2);
const json = (res, code, value, headers) => {
  const text = JSON.stringify(value);
  res.writeHead(code, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text), ...headers });
  res.end(text);
};
http.createServer((req, res) => {
  const url = new URL(req.url, "http://localhost");
  switch (url.pathname) {
    case "/old": res.writeHead(301, { Location: "/index.html" }); return res.end();
    case "/gone": return json(res, 410, { error: "gone" });
    case "/teapot": return json(res, 418, { error: "teapot" });
    case "/away": return json(res, 503, { error: "away" }, { "Retry-After": "60" });
    case "/private": return json(res, 403, { error: "private" });
    case "/auth":
      if (req.headers.authorization !== "Basic " + Buffer.from("tea:pot").toString("base64"))
        return json(res, 401, { error: "who?" }, { "WWW-Authenticate": 'Basic realm="tea"' });
      return json(res, 200, { tea: true });
  }
  if (req.method === "POST" && url.pathname === "/") {
    req.resume();
    return req.on("end", () => json(res, 201, { id: 7 }, { Location: "/things/7" }));
  }
  if (req.method === "DELETE") { res.writeHead(204); return res.end(); }
  if (req.method !== "GET" && req.method !== "HEAD") return json(res, 405, { error: "method" }, { Allow: "GET, HEAD" });
  const file = path.join(root, path.normalize(url.pathname === "/" ? "/index.html" : url.pathname));
  fs.readFile(file, (err, data) => {
    if (err) return json(res, 404, { error: "not found" });
    res.writeHead(200, { "Content-Type": file.endsWith(".html") ? "text/html" : file.endsWith(".json") ? "application/json" : "application/octet-stream" });
    res.end(data);
  });
}).listen(+port, "127.0.0.1");
