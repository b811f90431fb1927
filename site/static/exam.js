// Examines the browser that this page is opened in: it greets, lets the loop run,
// and leads to the results.
import { drive } from "/exam/loop.js";

const button = document.getElementById("exam-begin");
const says = document.getElementById("exam-says");

if (button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const answer = await fetch("/exam/hello", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ hello: 1, page: true, caps: JSON.parse(button.dataset.caps), ...self() }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      const { agent } = await answer.json();
      let asked = 0;
      await drive(agent, (order) => {
        asked++;
        says.textContent = button.dataset.asked.replace("{n}", asked);
      });
      location.assign(`/exam/results?agent=${agent}`);
    } catch (fault) {
      says.textContent = `${button.dataset.failed} ${fault.message}`;
      button.disabled = false;
    }
  });
}

// self says which browser this is, as far as it says so itself.
function self() {
  const agent = navigator.userAgent;

  const [, subject, version] = agent.match(/(Firefox|Edg|OPR)\/([0-9.]+)/) ?? agent.match(/(Chrome|Safari)\/([0-9.]+)/) ?? [null, "browser", ""];
  return { subject, version, options: { "user-agent": agent } };
}
