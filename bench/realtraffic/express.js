// A server on Express, as its guide has it.
const express = require("express");
const [port, root] = process.argv.slice(2);
const app = express();
app.get("/old", (req, res) => res.redirect(301, "/index.html"));
app.get("/gone", (req, res) => res.sendStatus(410));
app.get("/teapot", (req, res) => res.sendStatus(418));
app.get("/away", (req, res) => res.set("Retry-After", "60").sendStatus(503));
app.get("/private", (req, res) => res.sendStatus(403));
app.get("/broken", () => { throw new Error("broken"); });
app.get("/auth", (req, res) => {
  if (req.headers.authorization !== "Basic " + Buffer.from("tea:pot").toString("base64"))
    return res.set("WWW-Authenticate", 'Basic realm="tea"').sendStatus(401);
  res.json({ tea: true });
});
app.post("/", express.json(), (req, res) => res.status(201).location("/things/7").json({ id: 7 }));
app.use(express.static(root));
app.listen(+port, "127.0.0.1");
