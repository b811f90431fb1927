// The loop of a page that is examined: it asks for orders, has each carried out
// by a page of the origin that the order is about, in a frame, and reports.

// How long a frame may take to be there, and a report to come from it.
const opening = 5000;
const patience = 12000;

export async function drive(agent, step = () => {}) {
  const frames = new Map();
  for (;;) {
    const next = await fetch(`/exam/next?agent=${agent}`, { cache: "no-store" });
    if (next.status === 204) return;
    if (!next.ok) throw new Error(await next.text());
    const order = await next.json();
    if (order.end) {
      for (const frame of frames.values()) {
        (await frame)?.contentWindow.postMessage({ end: true }, "*");
        (await frame)?.remove();
      }
      frames.clear();
      continue;
    }
    if (!order.id) continue;
    step(order);
    const report = await carry(order, frames);
    report.id = order.id;
    await fetch(`/exam/result?agent=${agent}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(report),
    });
  }
}

async function carry(order, frames) {
  if (!order.page) return { unsupported: "the order is about an origin that has no page" };
  if (order.pause_ms) await new Promise((go) => setTimeout(go, order.pause_ms));
  if (!frames.has(order.page)) frames.set(order.page, open(order.page));
  const frame = await frames.get(order.page);
  if (!frame) return { unsupported: "the page of the origin could not be opened" };
  frame.contentWindow.postMessage(order, new URL(order.page).origin);
  const report = await told(frame, (m) => m.id === order.id, patience);
  return report ?? { error: { kind: "timeout", message: "the page did not come to an end" } };
}

async function open(url) {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  const ready = told(frame, (m) => m.ready, opening);
  frame.src = url;
  document.body.append(frame);
  return (await ready) ? frame : null;
}

// told waits for a message from the frame that is the one.
function told(frame, one, most) {
  return new Promise((done) => {
    const hear = (event) => {
      if (event.source === frame.contentWindow && one(event.data)) end(event.data);
    };
    const end = (message) => {
      removeEventListener("message", hear);
      clearTimeout(late);
      done(message);
    };
    const late = setTimeout(() => end(null), most);
    addEventListener("message", hear);
  });
}
