// A document on its way shows up by itself: the list is fetched again until nothing arrives any more.
const FIRST = 1500;
const LONGEST = 15000;

export function start() {
  let wait = FIRST;

  async function look() {
    // Nobody looks: asking would only keep a session open that nobody uses.
    if (document.visibilityState !== "visible") { again(); return; }
    let answer;
    let text;
    try {
      answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      text = await answer.text();
    } catch { again(); return; }
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const next = fresh.querySelector('[data-module~="arriving"]');
    const main = fresh.querySelector("main");
    if (!next && main) {
      document.querySelector("main").replaceChildren(...main.childNodes);
      return;
    }
    again();
  }

  function again() {
    wait = Math.min(wait * 1.5, LONGEST);
    setTimeout(look, wait);
  }

  setTimeout(look, wait);
}
