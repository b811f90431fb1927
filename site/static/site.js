// What the pages can do besides, where scripts run: choose among the codes while
// one types, copy commands, and show a play in its place. Nothing here is needed.
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
