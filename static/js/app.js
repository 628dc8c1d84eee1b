// Starts what a page asks for with data-module="name name": each name is one file of ./modules, loaded on demand.
// Literal imports, one per file: the server gives each file a hashed name and rewrites these lines.
const modules = {
  "add-document": () => import("./modules/add-document.js"),
  "arriving": () => import("./modules/arriving.js"),
  "easy-listen": () => import("./modules/easy-listen.js"),
  "focus-me": () => import("./modules/focus-me.js"),
  "install": () => import("./modules/install.js"),
  "passkey": () => import("./modules/passkey.js"),
  "push": () => import("./modules/push.js"),
  "pwa": () => import("./modules/pwa.js"),
  "show-password": () => import("./modules/show-password.js"),
  "sign-out": () => import("./modules/sign-out.js"),
  "submit-once": () => import("./modules/submit-once.js"),
};

for (const element of document.querySelectorAll("[data-module]")) {
  for (const name of element.dataset.module.split(" ")) {
    modules[name]?.().then((module) => module.start(element));
  }
}
