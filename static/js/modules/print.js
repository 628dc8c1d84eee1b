// Offers the browser's own way to print. Without script its menu does the same.
export function start(box) {
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => print());
}
