// A share tells by itself when somebody opens it and when it ends, and keeps the screen on while it waits.
const EVERY = 3000;
const SAID = [5, 1];

// Words for screen readers alone, in the page's one live region.
function announce(text) {
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = text;
  document.getElementById("toasts")?.replaceChildren(words);
}

export function start(element) {
  let minutes = NaN;
  let lock = null;

  async function stayOn() {
    if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
    try { lock = await navigator.wakeLock.request("screen"); } catch { lock = null; }
  }

  async function look() {
    if (!element.isConnected) return;
    setTimeout(look, EVERY);
    if (document.visibilityState !== "visible") return;
    let answer;
    try { answer = await fetch(element.dataset.url, { headers: { Accept: "application/json" } }); } catch { return; }
    // Signed out, or the right is gone: the page itself says so.
    if (!answer.ok || answer.redirected) { location.reload(); return; }
    const now = await answer.json();
    if (now.state !== element.dataset.state) {
      lock?.release();
      await redraw(now.sentence);
      return;
    }
    const words = element.querySelector("[data-remaining]");
    if (words) words.textContent = now.remaining;
    if (now.minutes !== minutes && SAID.includes(now.minutes)) announce(now.remaining);
    minutes = now.minutes;
  }

  async function redraw(sentence) {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = fresh.querySelector("main");
    if (!answer.ok || !main) { location.reload(); return; }
    document.querySelector("main").replaceChildren(...main.childNodes);
    announce(sentence);
    const next = document.querySelector('[data-module~="share-live"]');
    if (next) start(next);
  }

  document.addEventListener("visibilitychange", () => element.isConnected && stayOn());
  stayOn();
  setTimeout(look, EVERY);
}
