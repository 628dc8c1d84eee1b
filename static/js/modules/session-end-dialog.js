// What is said about the end of the session. The words come when they are needed: nearly no page lives that long.

let coming = null;

async function fetchDialog(session) {
  const answer = await fetch(session.dataset.words, { cache: "no-store" });
  if (!answer.ok) throw new Error("no words");
  const dialog = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("dialog");
  session.replaceChildren(dialog);
  return dialog;
}

// Shows the part of that name alone. Raises when the words cannot be had; the next call asks again.
export async function show(session, name) {
  coming ??= fetchDialog(session);
  let dialog;
  try { dialog = await coming; } catch (error) { coming = null; throw error; }
  for (const part of dialog.children) part.hidden = part.dataset.part !== name;
  dialog.dataset.shown = name;
  dialog.setAttribute("aria-labelledby", `session-end-${name}`);
  if (!dialog.open) dialog.showModal();
}
