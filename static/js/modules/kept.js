// What a person chose to keep on this phone: one cache per session, named after it and its end. Whatever belongs to
// another session, or to one that is over, goes as soon as a page sees it.
const PREFIX = "calepin-kept-";

export const cacheOf = (mark) => `${PREFIX}${mark}`;

const isOver = (name) => Number(name.split("-").at(-1)) <= Date.now();

// The names of the caches that may still be read, once those that are over are gone.
export async function standing() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  await Promise.all(names.filter(isOver).map((name) => caches.delete(name)));
  return names.filter((name) => !isOver(name));
}

export async function start({ dataset: { mark } }) {
  if (!("caches" in window)) return;
  const others = (await standing()).filter((name) => name !== cacheOf(mark));
  await Promise.all(others.map((name) => caches.delete(name)));
}
