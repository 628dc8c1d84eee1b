// What a person kept on this phone themselves. Pages write it (modules/keep.js); the worker only reads it, when the
// network does not answer, and never after the end that stands in the cache's name.

const KEPT = "calepin-kept-";
const PICTURE = /^\/documents\/[0-9a-f-]{36}\/pages\/\d+\/$/;

async function keptCopy(pathname) {
  for (const name of (await caches.keys()).filter((found) => found.startsWith(KEPT))) {
    if (Number(name.split("-").at(-1)) <= Date.now()) await caches.delete(name);
    else {
      const copy = await caches.match(pathname, { cacheName: name, ignoreVary: true });
      if (copy) return copy;
    }
  }
  return undefined;
}

async function picture(request, pathname) {
  return fetch(request).catch(async () => (await keptCopy(pathname)) ?? Response.error());
}
