// Makes Calepin an app: registers the service worker, offers a new version, keeps what was typed when the network is
// gone. The words come from templates/pwa/status.html, in the reading mode of the person.

const TOAST_LIFETIME = 8000;

// A short message above the tabs, with one action at most. Errors are never toasts: they stay in the page.
function toast(text, { action, onAction } = {}) {
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = action;
    button.addEventListener("click", () => { box.remove(); onAction(); });
    box.append(button);
  }
  let timer;
  const pause = () => clearTimeout(timer);
  const resume = () => { pause(); timer = setTimeout(() => box.remove(), TOAST_LIFETIME); };
  box.addEventListener("pointerenter", pause);
  box.addEventListener("focusin", pause);
  box.addEventListener("pointerleave", resume);
  box.addEventListener("focusout", resume);
  resume();
  document.getElementById("toasts").append(box);
}

async function register(words) {
  // Pages without manifest (professionals, counsellors) are not part of the app: nothing is installed there.
  if (!("serviceWorker" in navigator) || !document.querySelector('link[rel="manifest"]')) return;
  const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", () => offerUpdate(registration, words));
  });
  offerUpdate(registration, words);
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ type: "reading", mode: document.documentElement.dataset.reading });
}

// A reload would lose what is being typed: a page with a form to fill says nothing, the next page will.
function offerUpdate({ waiting }, words) {
  const form = document.querySelector("main form[method=post] :is(input:not([type=hidden]), select, textarea)");
  if (!waiting || !navigator.serviceWorker.controller || form) return;
  const onAction = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage({ type: "activate" });
  };
  toast(words.updateReady, { action: words.reload, onAction });
}

// Without network a form stays as it was filled, instead of being lost in a browser's error page.
function keepForms(words) {
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.target.method === "dialog") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(words.notSent);
  }, { capture: true });
}

// Whether the server answers. "online" only says that some network is there: a lift, a train's wifi.
const answers = () => fetch("/sante/vivant", { cache: "no-store", credentials: "omit" }).then(({ ok }) => ok, () => false);

function retryFromOfflinePage() {
  const button = document.querySelector("[data-retry]");
  if (!button) return;
  // The worker shows this page at the address the person wanted: asking again for that address is enough.
  const retry = () => (location.pathname === "/hors-connexion/" ? location.replace("/") : location.reload());
  button.addEventListener("click", retry);
  // By itself the page asks again only for somebody who is still waiting: a reload would undo a tap on a kept paper.
  let leaving = false;
  addEventListener("beforeunload", () => { leaving = true; });
  addEventListener("online", async () => { if ((await answers()) && !leaving) retry(); });
}

function followNetwork(words) {
  const band = document.querySelector("[data-offline]");
  band.hidden = navigator.onLine;
  addEventListener("offline", () => { band.hidden = false; });
  addEventListener("online", () => {
    band.hidden = true;
    toast(words.online);
  });
}

export function start({ dataset: words }) {
  followNetwork(words);
  keepForms(words);
  retryFromOfflinePage();
  // Only the card on Home offers to install (install.js), never the browser's own banner.
  addEventListener("beforeinstallprompt", (event) => event.preventDefault());
  // Opening Calepin answers the count on its icon.
  navigator.clearAppBadge?.();
  if (document.readyState === "complete") register(words);
  else addEventListener("load", () => register(words), { once: true });
}
