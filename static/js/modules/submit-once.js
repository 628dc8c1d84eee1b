// A second tap on a slow phone does not send a form twice; after a second, the page says that it is working.
import { announce } from "./toast.js";

const PATIENCE = 1000;

export function start(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    const button = event.submitter ?? form.querySelector("button:not([type=button])");
    button?.setAttribute("aria-disabled", "true");
    const words = document.getElementById("toasts")?.dataset.wait;
    const timer = words && setTimeout(() => announce(words), PATIENCE);
    // Coming back with the Back button shows the page as it was left: let the form be sent again.
    addEventListener("pageshow", () => {
      clearTimeout(timer);
      delete form.dataset.sent;
      button?.removeAttribute("aria-disabled");
    }, { once: true });
  });
}
