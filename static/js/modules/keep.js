// "Garder sur ce téléphone": the document's page without its shell, and the pictures in it, into the session's cache.
import { cacheOf } from "./kept.js";
import { leavingSignal } from "./sign-out.js";

async function answer(address) {
  const response = await fetch(address, { signal: leavingSignal });
  // A redirect leads to the sign-in page: that is not what was asked for.
  if (!response.ok || response.redirected) throw new Error(`Not to be kept: ${address}`);
  return response;
}

async function keep(cache, address) {
  const page = await answer(address);
  const words = new DOMParser().parseFromString(await page.clone().text(), "text/html");
  const pictures = [...words.querySelectorAll("main img")].map((image) => image.getAttribute("src"));
  const answers = await Promise.all(pictures.map(answer));
  await Promise.all(pictures.map((picture, position) => cache.put(picture, answers[position])));
  await cache.put(address, page);
}

async function forget(cache, address) {
  const pages = address.replace("garder/", "pages/");
  const found = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith(pages));
  await Promise.all([...found, address].map((entry) => cache.delete(entry)));
}

export async function start(box) {
  const { address, mark, kept, gone, failed } = box.dataset;
  if (!("caches" in window) || !("serviceWorker" in navigator)) return;
  const [keepIt, forgetIt] = box.querySelectorAll("button");
  const said = box.querySelector("[role=status]");
  const name = cacheOf(mark);
  const show = (isKept) => { keepIt.hidden = isKept; forgetIt.hidden = !isKept; };

  async function act(change, words) {
    const cache = await caches.open(name);
    try {
      await change(cache, address);
      said.textContent = words;
    } catch {
      await forget(cache, address);
      said.textContent = failed;
    }
    // Signing out wins over a write in progress.
    if (leavingSignal.aborted) await caches.delete(name);
    show(Boolean(await caches.match(address, { cacheName: name, ignoreVary: true })));
  }

  keepIt.addEventListener("click", () => act(keep, kept));
  forgetIt.addEventListener("click", () => act(forget, gone));
  show(Boolean(await caches.match(address, { cacheName: name, ignoreVary: true })));
  box.hidden = false;
}
