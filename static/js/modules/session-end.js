// Before the session ends by itself, says so and lets it go on. Somebody busy on one long page is never cut off, and
// what was typed is never lost without a word.

// Seconds before the end when the question comes; on a shared device, whose session is short, a third of it.
const NOTICE = 120;
// A sixth of the session: how often the server hears of somebody who is typing or turning pages on the spot.
const SHARE = 6;

export function start(session) {
  const dialog = session.querySelector("dialog");
  const form = dialog.querySelector("form");
  const whole = Number(session.dataset.seconds);
  const notice = Math.min(NOTICE, whole / 3);
  let asksAt = 0;
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
    let left;
    // Without network nothing is known, and nothing is taken away.
    try { left = await ask("GET"); } catch { wait(30); return; }
    if (left > notice) { dialog.close(); goOn(left); return; }
    if (left <= 0) { end(); return; }
    if (!dialog.open) dialog.showModal();
    wait(left + 1);
  }

  function end() {
    clearTimeout(timer);
    // The sign-in page says why, and leads back here. What was typed stays until its writer has read that it is lost.
    if (!isTyped) { location.reload(); return; }
    for (const part of dialog.querySelectorAll("[data-soon], [data-over]")) part.hidden = "soon" in part.dataset;
    if (!dialog.open) dialog.showModal();
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
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, isBusy, { passive: true });
  document.querySelector("main").addEventListener("input", ({ target }) => { isTyped ||= target.form?.method === "post"; });
  // A phone that slept counts no time.
  document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() >= asksAt) look(); });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) look(); });
  goOn(whole);
}
