// The arrow keys lead to the document before or after, as the links do. Only arrows: letters belong to whoever types,
// dictates or uses a screen reader.
const KEYS = { ArrowLeft: "prev", ArrowRight: "next" };

// Where an arrow already means something else: a field, a choice, or something that scrolls sideways.
function isTaken(target) {
  if (target.closest("input, textarea, select, [contenteditable], [role=radiogroup], audio, video")) return true;
  for (let element = target; element && element !== document.body; element = element.parentElement) {
    if (element.scrollWidth > element.clientWidth && getComputedStyle(element).overflowX !== "visible") return true;
  }
  return false;
}

export function start(element) {
  element.querySelector("[data-keys]").hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = KEYS[event.key] && element.querySelector(`a[rel=${KEYS[event.key]}]`);
    if (!link || isTaken(event.target)) return;
    event.preventDefault();
    link.click();
  });
}
