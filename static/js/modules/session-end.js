// Before the session ends by itself, says so and lets it go on. Somebody busy on one long page is never cut off, and
// what was typed is never lost without a word. On a device that others use, nothing stays on the screen afterwards.

// Seconds before the end when the question comes; on a shared device, whose session is short, a third of it.
const NOTICE = 120;
// A sixth of the session: how often the server hears of somebody who is typing or turning pages on the spot.
const SHARE = 6;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "scroll"];

export function start(session) {
  const dialog = session.querySelector("dialog");
  const form = dialog.querySelector("form");
  const isShared = "shared" in session.dataset;
  const whole = Number(session.dataset.seconds);
  const notice = Math.min(NOTICE, whole / 3);
  let asksAt = 0;
  let endsAt = 0;
  let heard = 0;
  let timer = 0;
  let isTyped = false;

  function wait(seconds) {
    clearTimeout(timer);
    timer = setTimeout(look, seconds * 1000);
  }

  function goOn(left) {
    if (left <= 0) { end(); return; }
    heard = Date.now();
    asksAt = heard + (left - notice) * 1000;
    endsAt = heard + left * 1000;
    wait(Math.max(left - notice, 1));
  }

  // How many seconds are left. Asking (GET) changes nothing: another tab may keep the session alive, this one must not.
  async function ask(method) {
    // The dialog is the same for everybody: the token comes from another form of the page.
    const headers = { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value };
    const answer = await fetch(dialog.dataset.address, { method, headers, cache: "no-store" });
    return answer.ok ? (await answer.json()).seconds : 0;
  }

  async function look() {
    const isOver = Date.now() >= endsAt;
    // First what others could see, then the question whether another tab kept the session alive.
    if (isShared && isOver) document.body.hidden = true;
    let left;
    try {
      left = await ask("GET");
    } catch {
      // Without network nothing is known. On a shared device that is reason to leave; elsewhere nothing is taken away.
      if (isShared && isOver) end();
      else wait(isShared ? Math.max((endsAt - Date.now()) / 1000, 1) : 30);
      return;
    }
    if (left <= 0) { end(); return; }
    document.body.hidden = false;
    if (left > notice) { dialog.close(); goOn(left); return; }
    endsAt = Date.now() + left * 1000;
    if (!dialog.open) dialog.showModal();
    wait(left + 1);
  }

  function end() {
    clearTimeout(timer);
    for (const sign of SIGNS_OF_LIFE) document.removeEventListener(sign, isBusy, { capture: true });
    if (isShared) { leave(); return; }
    // The sign-in page says why, and leads back here. What was typed stays until its writer has read that it is lost.
    if (!isTyped) { location.reload(); return; }
    for (const part of dialog.querySelectorAll("[data-soon], [data-over]")) part.hidden = "soon" in part.dataset;
    if (!dialog.open) dialog.showModal();
  }

  // The server ends such a session by itself, and has the browser forget the rest at the next request.
  function leave() {
    document.body.replaceChildren();
    if (navigator.onLine) location.reload();
    else addEventListener("online", () => location.reload(), { once: true });
  }

  async function stay(event) {
    event.preventDefault();
    try { goOn(await ask("POST")); } catch { return; }
    if (!form.hidden) dialog.close();
  }

  function isBusy() {
    if (dialog.open || Date.now() - heard < (whole / SHARE) * 1000) return;
    heard = Date.now();
    ask("POST").then(goOn, () => undefined);
  }

  form.addEventListener("submit", stay);
  dialog.addEventListener("cancel", stay);
  for (const sign of SIGNS_OF_LIFE) document.addEventListener(sign, isBusy, { capture: true, passive: true });
  document.querySelector("main").addEventListener("input", ({ target }) => { isTyped ||= target.form?.method === "post"; });
  // A phone that slept counts no time.
  document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() >= asksAt) look(); });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) look(); });
  goOn(whole);
}
