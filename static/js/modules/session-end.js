// Before the session ends by itself, says so and lets it go on where it may. Somebody busy on one long page is never cut
// off, and what was typed is never lost without a word. On a device that others use, nothing stays on the screen.

// Seconds before the end when the question comes; on a page that has little time, the last third of it.
const NOTICE = 120;
// The same before the end that nothing puts off: what was begun must be brought to its end.
const LAST_NOTICE = 300;
// A sixth of the session: how often the server hears of somebody who is typing or turning pages on the spot.
const SHARE = 6;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "scroll"];

export function start(session) {
  const isShared = "shared" in session.dataset;
  const whole = Number(session.dataset.seconds);
  let isLast = "last" in session.dataset;
  let isTold = false;
  let asksAt = 0;
  let endsAt = 0;
  let heard = 0;
  let timer = 0;
  let isTyped = false;

  const ahead = () => (isTold ? 0 : Math.min(isLast ? LAST_NOTICE : NOTICE, whole / 3));
  const close = () => session.querySelector("dialog[open]")?.close();

  async function say(part) {
    const { show } = await import("./session-end-dialog.js");
    await show(session, part);
  }

  function wait(seconds) {
    clearTimeout(timer);
    timer = setTimeout(look, seconds * 1000);
  }

  async function goOn(left) {
    if (left <= 0) { await end(); return; }
    heard = Date.now();
    asksAt = heard + (left - ahead()) * 1000;
    endsAt = heard + left * 1000;
    wait(Math.max(left - ahead(), 1));
  }

  // How many seconds are left. Asking (GET) changes nothing: another tab may keep the session alive, this one must not.
  async function ask(method) {
    const headers = { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value };
    const answer = await fetch(session.dataset.presence, { method, headers, cache: "no-store" });
    if (!answer.ok) return 0;
    const now = await answer.json();
    isLast = now.is_last;
    return now.seconds;
  }

  async function look() {
    const isOver = Date.now() >= endsAt;
    // First what others could see, then the question whether another tab kept the session alive.
    if (isShared && isOver) document.body.hidden = true;
    try {
      await decide(await ask("GET"));
    } catch {
      // Without network nothing is known. On a shared device that is reason to leave; elsewhere nothing is taken away.
      if (isShared && isOver) leave();
      else wait(isShared ? Math.max((endsAt - Date.now()) / 1000, 1) : 30);
    }
  }

  async function decide(left) {
    if (left <= 0) { await end(); return; }
    document.body.hidden = false;
    if (left > ahead()) { close(); await goOn(left); return; }
    endsAt = Date.now() + left * 1000;
    wait(left + 1);
    await say(isLast ? "last" : "soon");
  }

  async function end() {
    clearTimeout(timer);
    for (const sign of SIGNS_OF_LIFE) document.removeEventListener(sign, isBusy, { capture: true });
    // The sign-in page says why, and leads back here. What was typed stays until its writer has read that it is lost.
    if (isShared) leave();
    else if (isTyped) await say("over");
    else location.reload();
  }

  // The server ends such a session by itself, and has the browser forget the rest at the next request.
  function leave() {
    document.body.replaceChildren();
    if (navigator.onLine) location.reload();
    else addEventListener("online", () => location.reload(), { once: true });
  }

  async function answer(event) {
    event.preventDefault();
    const dialog = event.currentTarget.querySelector("dialog");
    if (dialog.dataset.shown === "last") { isTold = true; close(); }
    if (dialog.dataset.shown !== "soon") return;
    try { await goOn(await ask("POST")); } catch { return; }
    if (dialog.dataset.shown === "soon") close();
  }

  function isBusy() {
    if (session.querySelector("dialog[open]") || Date.now() - heard < (whole / SHARE) * 1000) return;
    heard = Date.now();
    ask("POST").then(goOn).catch(() => undefined);
  }

  session.addEventListener("submit", answer);
  session.addEventListener("cancel", answer, { capture: true });
  for (const sign of SIGNS_OF_LIFE) document.addEventListener(sign, isBusy, { capture: true, passive: true });
  document.querySelector("main").addEventListener("input", ({ target }) => { isTyped ||= target.form?.method === "post"; });
  // A phone that slept counts no time.
  document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() >= asksAt) look(); });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) look(); });
  goOn(whole);
}
