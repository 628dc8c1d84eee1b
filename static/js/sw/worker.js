// The service worker, served at /sw.js after a first line `const SHELL = {…}` written by apps/pwa/views.py.
// It keeps the public shell named there and nothing else; what a person keeps is read by kept.js, served before this.

const CACHE = `calepin-shell-${SHELL.version}`;
const SETTINGS = "calepin-settings";
const READING = "/.calepin/reading";
// How long a navigation may wait for the network, in milliseconds.
const PATIENCE = { kept: 1000, page: 4000, unhurried: 60000 };

const addressOf = (page, mode) => `${page}?registre=${SHELL.reading[mode] ?? SHELL.reading.standard}`;
const KEPT_ADDRESSES = SHELL.pages.flatMap((page) => Object.keys(SHELL.reading).map((mode) => addressOf(page, mode)));

function mayBeKept(address, response) {
  const listed = SHELL.files.includes(address) || KEPT_ADDRESSES.includes(address);
  const forbidden = /no-store|private/i.test(response.headers.get("Cache-Control") ?? "");
  return listed && response.ok && response.type === "basic" && !response.redirected && !forbidden;
}

async function keep(cache, address) {
  // Without cookies the server cannot put anything about a person in the answer. A file has its hash in its name, so
  // the copy the page has just loaded will do; a page is asked for again.
  const freshness = SHELL.files.includes(address) ? "default" : "reload";
  const response = await fetch(address, { credentials: "omit", cache: freshness });
  if (!mayBeKept(address, response)) throw new Error(`Not to be kept on a device: ${address}`);
  await cache.put(address, response);
}

async function install() {
  const cache = await caches.open(CACHE);
  const kept = await Promise.allSettled([...SHELL.files, ...KEPT_ADDRESSES].map((address) => keep(cache, address)));
  const failed = kept.find(({ status }) => status === "rejected");
  if (!failed) return;
  await caches.delete(CACHE);
  throw failed.reason;
}

async function removeUnless(stays) {
  const found = await caches.keys();
  await Promise.all(found.filter((name) => !stays(name)).map((name) => caches.delete(name)));
}

async function activate() {
  await removeUnless((name) => [CACHE, SETTINGS].includes(name) || name.startsWith(KEPT));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function readingMode(url) {
  const asked = url.searchParams.get("registre");
  const mode = Object.keys(SHELL.reading).find((name) => SHELL.reading[name] === asked);
  if (mode) return mode;
  const remembered = await caches.match(READING, { cacheName: SETTINGS });
  return remembered ? remembered.text() : "standard";
}

async function keptPage(url) {
  const page = SHELL.pages.includes(url.pathname) ? url.pathname : SHELL.offline;
  const address = addressOf(page, await readingMode(url));
  return (await keptCopy(url.pathname)) ?? (await caches.match(address, { cacheName: CACHE })) ?? Response.error();
}

function patience(request, url) {
  // Whoever reloads, or taps "Réessayer", has seen that the network is slow and chooses to wait.
  const chosen = request.cache !== "default";
  if (chosen || SHELL.unhurried.some((start) => url.pathname.startsWith(start))) return PATIENCE.unhurried;
  return SHELL.pages.includes(url.pathname) ? PATIENCE.kept : PATIENCE.page;
}

function navigate(event, url) {
  const network = Promise.resolve(event.preloadResponse).then((preloaded) => preloaded ?? fetch(event.request));
  event.waitUntil(network.catch(() => undefined));
  const late = new Promise((_, reject) => setTimeout(reject, patience(event.request, url), new Error("Too slow")));
  return Promise.race([network, late]).catch(() => keptPage(url));
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    event.respondWith(navigate(event, url));
  } else if (PICTURE.test(url.pathname)) {
    event.respondWith(picture(event.request, url.pathname));
  } else if (SHELL.files.includes(url.pathname)) {
    const kept = caches.match(url.pathname, { cacheName: CACHE });
    event.respondWith(kept.then((response) => response ?? fetch(event.request)));
  }
});

const MESSAGES = {
  activate: () => self.skipWaiting(),
  // At sign-out all but the public shell goes, whoever put it there.
  wipe: () => removeUnless((name) => name === CACHE),
  reading: async ({ mode }) => (await caches.open(SETTINGS)).put(READING, new Response(mode)),
};

self.addEventListener("message", (event) => {
  const act = MESSAGES[event.data?.type];
  if (act) event.waitUntil(Promise.resolve(act(event.data)).then(() => event.ports[0]?.postMessage("done")));
});

// A lock screen is read by others: whatever happened, it says the same words. In the payload `k` is the code of a
// kind (one notification of each at a time), `n` how many notices wait.
self.addEventListener("push", (event) => {
  const { k = "", n } = event.data ? event.data.json() : {};
  const options = { tag: `calepin-${k}`, icon: SHELL.icon, lang: "fr" };
  const counted = Number.isInteger(n) ? self.navigator.setAppBadge?.(n) : undefined;
  event.waitUntil(Promise.all([self.registration.showNotification("Nouveau dans Calepin", options), counted]));
});

// Home shows what is new; the push does not know it.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/"));
});
// `pushsubscriptionchange` has no listener: telling the server needs the person's session and its CSRF token, which
// only a page has. The page subscribes again at its next opening; until then e-mail serves.
