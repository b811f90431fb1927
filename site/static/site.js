// What the pages can do besides, where scripts run: choose among the codes while
// one types, copy commands, show a play in its place, and traffic as it
// comes. Nothing here is needed.
"use strict";

(function filter() {
  const input = document.getElementById("q");
  const found = document.getElementById("found");
  if (!input || !found) return;
  const items = [...document.querySelectorAll("li[data-code]")];
  // A page that the server has filtered lacks the rest: let the form ask again.
  if (input.value.trim() !== "") return;

  // The same rule as finds in index.go.
  function fits(item, word) {
    const number = word.replace(/x+$/, "");
    if (word.length <= 3 && /^[0-9]+$/.test(number)) return item.dataset.code.startsWith(number);
    return item.dataset.find.includes(word);
  }

  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const item of items) {
      item.hidden = !words.every((word) => fits(item, word));
      if (!item.hidden) n++;
    }
    for (const group of document.querySelectorAll("section.class, details.others")) {
      group.hidden = !group.querySelector("li[data-code]:not([hidden])");
      if (group.tagName === "DETAILS") group.open = words.length > 0 && !group.hidden;
    }
    found.textContent = words.length === 0 ? "" : n === 0 ? found.dataset.none
      : found.dataset.found.replace("{found}", n).replace("{all}", items.length);
  });
})();

(function copying() {
  if (!navigator.clipboard) return;
  for (const pre of document.querySelectorAll("pre[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = pre.dataset.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = pre.dataset.copied;
      setTimeout(() => { button.textContent = pre.dataset.copy; }, 2000);
    });
    pre.before(button);
  }
})();

(function playing() {
  // Longer than the server lets a play take, in milliseconds.
  const patience = 150_000;

  async function play(form, over, says) {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "text/html, application/problem+json;q=0.5" },
      body: new URLSearchParams({ over }),
      signal: AbortSignal.timeout(patience),
    });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const performance = page.querySelector(".performance");
    if (!performance) throw new Error(form.dataset.lost); // cut before its end
    form.after(document.adoptNode(performance));
    // Who cannot see the result is told of it.
    says.classList.add("visually-hidden");
    says.textContent = performance.querySelector(".outcome strong").textContent;
  }

  for (const form of document.querySelectorAll("form.play")) {
    const says = form.querySelector(".playing");
    const clock = form.querySelector(".clock");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = event.submitter || form.querySelector("button");
      const buttons = form.querySelectorAll("button");
      const began = Date.now();
      const tick = () => {
        clock.textContent = form.dataset.clock.replace("{seconds}", Math.round((Date.now() - began) / 1000));
      };
      let next = form.nextElementSibling;
      while (next && next.matches(".performance, .waiting")) { next.remove(); next = form.nextElementSibling; }
      for (const b of buttons) b.disabled = true;
      says.classList.remove("visually-hidden");
      says.textContent = form.dataset.playing.replace("{over}", button.textContent);
      tick();
      const ticking = setInterval(tick, 1000);
      try {
        await play(form, button.value, says);
      } catch (error) {
        const lost = error instanceof TypeError || error.name === "TimeoutError" || error instanceof SyntaxError;
        says.textContent = form.dataset.failed + " " + (lost ? form.dataset.lost : error.message);
      } finally {
        clearInterval(ticking);
        clock.textContent = "";
        for (const b of buttons) b.disabled = false;
        button.focus({ preventScroll: true });
      }
    });
  }
})();

(function watching() {
  const live = document.querySelector(".live[data-feed]");
  const list = document.querySelector("ol.traffic");
  if (!live || !list || !("WebSocket" in window)) return;
  const most = 50; // as many as the server remembers

  function element(name, text, className) {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    if (className) e.className = className;
    return e;
  }

  // Everything goes in as text: whoever sends requests writes nothing into the page.
  function message(mark, first, m) {
    const lines = [first, ...m.fields.map(([name, value]) => name + ": " + value)];
    if (m.content) lines.push("", ...m.content.split("\n"));
    else if (m.length > 0) lines.push("", live.dataset.withheld.replace("{n}", m.length));
    return lines.map((line) => mark + " " + line).join("\n");
  }

  function item(x) {
    const summary = element("summary");
    const came = element("span", undefined, "came");
    const answers = [...x.interim, ...(x.final ? [x.final] : [])];
    for (const a of answers) came.append(element("span", a.status, "status c" + Math.floor(a.status / 100)), " ");
    const over = { h1: "HTTP/1.1", h2: "HTTP/2", h3: "HTTP/3" };
    summary.append(element("time", x.at.slice(11, 19)), " ", element("span", over[x.over], "over"), " ",
      element("code", x.method + " " + x.target), " ", came);
    if (x.gate) summary.append(element("span", live.dataset.gate + " " + x.gate + ": " + x.reason, "note"));
    if (x.missed) summary.append(" ", element("span", live.dataset.missed.replace("{n}", x.missed), "note"));
    const pre = element("pre");
    pre.tabIndex = 0;
    pre.append(element("code", [message(">", x.method + " " + x.target, x.request),
      ...answers.map((a) => message("<", a.status, a))].join("\n")));
    const details = element("details");
    details.append(summary, pre);
    const li = element("li");
    li.append(details);
    return li;
  }

  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + live.dataset.feed);
  socket.addEventListener("open", () => {
    live.textContent = live.dataset.live;
    list.replaceChildren(); // the feed begins with what is remembered
  });
  socket.addEventListener("message", (event) => {
    document.querySelector(".nothing-yet")?.remove();
    list.prepend(item(JSON.parse(event.data)));
    while (list.children.length > most) list.lastElementChild.remove();
  });
  socket.addEventListener("close", () => {
    if (live.textContent === live.dataset.live) live.textContent = live.dataset.ended;
  });
})();
