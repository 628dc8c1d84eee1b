// Starts what a page asks for with data-module="name name": each name is one file of ./modules, loaded on demand.
// Literal imports, one per file: the server gives each file a hashed name and rewrites these lines.
const modules = {
  "add-document": () => import("./modules/add-document.js"),
  "arriving": () => import("./modules/arriving.js"),
  "easy-listen": () => import("./modules/easy-listen.js"),
  "focus-me": () => import("./modules/focus-me.js"),
  "install": () => import("./modules/install.js"),
  "keep": () => import("./modules/keep.js"),
  "kept": () => import("./modules/kept.js"),
  "kept-list": () => import("./modules/kept-list.js"),
  "neighbours": () => import("./modules/neighbours.js"),
  "passkey": () => import("./modules/passkey.js"),
  "push": () => import("./modules/push.js"),
  "print": () => import("./modules/print.js"),
  "pwa": () => import("./modules/pwa.js"),
  "scan-code": () => import("./modules/scan-code.js"),
  "session-end": () => import("./modules/session-end.js"),
  "share-live": () => import("./modules/share-live.js"),
  "show-password": () => import("./modules/show-password.js"),
  "sign-out": () => import("./modules/sign-out.js"),
};

for (const element of document.querySelectorAll("[data-module]")) {
  for (const name of element.dataset.module.split(" ")) {
    modules[name]?.().then((module) => module.start(element));
  }
}

// A second tap on a slow phone does not send a form twice; after a second, the page says that it is working.
const PATIENCE = 1000;

function sayThatItIsWorking() {
  const region = document.getElementById("toasts");
  if (!region) return;
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = region.dataset.wait;
  region.append(words);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  button?.setAttribute("aria-disabled", "true");
  const timer = setTimeout(sayThatItIsWorking, PATIENCE);
  // Coming back with the Back button shows the page as it was left: let the form be sent again.
  addEventListener("pageshow", () => {
    clearTimeout(timer);
    delete form.dataset.sent;
    button?.removeAttribute("aria-disabled");
  }, { once: true });
});
