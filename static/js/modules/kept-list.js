// On the page shown without network: the documents that this person kept on this phone.
import { standing } from "./kept.js";

async function copies(name) {
  const cache = await caches.open(name);
  const pages = (await cache.keys()).filter(({ url }) => url.endsWith("/garder/"));
  return Promise.all(pages.map(async (request) => {
    const words = new DOMParser().parseFromString(await (await cache.match(request, { ignoreVary: true })).text(), "text/html");
    const [title, ...details] = words.querySelectorAll(".document-head > *");
    return { address: new URL(request.url).pathname, title: title.textContent, detail: details.at(-1).textContent };
  }));
}

export async function start(section) {
  if (!("caches" in window)) return;
  const found = (await Promise.all((await standing()).map(copies))).flat();
  const row = section.querySelector("template");
  for (const { address, title, detail } of found) {
    const line = row.content.cloneNode(true);
    Object.assign(line.querySelector("a"), { href: address, textContent: title });
    line.querySelector(".row__detail").textContent = detail;
    section.querySelector("ul").append(line);
  }
  section.hidden = found.length === 0;
}
