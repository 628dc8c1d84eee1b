// A document on its way shows up by itself: the list is fetched again until nothing arrives any more.
const FIRST = 1500;
const LONGEST = 15000;

export function start() {
  let wait = FIRST;

  async function look() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector('[data-module~="arriving"]');
    const main = fresh.querySelector("main");
    if (!next && main) {
      document.querySelector("main").replaceChildren(...main.childNodes);
      return;
    }
    wait = Math.min(wait * 1.5, LONGEST);
    setTimeout(look, wait);
  }

  setTimeout(look, wait);
}
