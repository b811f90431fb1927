// What the pages can do besides, where scripts run: choose among the codes while
// one types, and copy commands. Nothing here is needed.
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
