// A short message above the tabs, with one action at most. Errors are never toasts: they stay in the page.
const LIFETIME = 8000;

export function toast(text, { action, onAction } = {}) {
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
  let timer = setTimeout(() => box.remove(), LIFETIME);
  const pause = () => clearTimeout(timer);
  const resume = () => { clearTimeout(timer); timer = setTimeout(() => box.remove(), LIFETIME); };
  box.addEventListener("pointerenter", pause);
  box.addEventListener("focusin", pause);
  box.addEventListener("pointerleave", resume);
  box.addEventListener("focusout", resume);
  document.getElementById("toasts").append(box);
  return box;
}

// Words for screen readers alone, through the same live region.
export function announce(text) {
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = text;
  document.getElementById("toasts").append(words);
  setTimeout(() => words.remove(), LIFETIME);
}
