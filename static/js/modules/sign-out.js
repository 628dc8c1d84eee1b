// Leaves nothing about the person on the device: stop writing, unsubscribe, delete, and only then sign out.
// The server's Clear-Site-Data does it again for what a script cannot reach.

// Signing out must never hang on a browser that does not answer. Milliseconds.
const WIPE_LIMIT = 2000;
// When another tab signs out, how long before this one asks the server who is signed in.
const SIGN_OUT_TIME = 5000;

const tabs = new BroadcastChannel("calepin-sign-out");
const leaving = new AbortController();

// The gate: whoever writes something about the person on the device stops for good when this signal is aborted.
export const leavingSignal = leaving.signal;

function ask(worker, message) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    worker.postMessage(message, [port2]);
  });
}

function deleteDatabase(name) {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
}

async function unsubscribe(registration) {
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

// The order matters: the gate first, or a write in progress would come back after the deletion.
async function wipe() {
  leaving.abort();
  tabs.postMessage("leaving");
  const registration = await navigator.serviceWorker?.getRegistration();
  const databases = (await indexedDB.databases?.()) ?? [];
  await Promise.allSettled([
    unsubscribe(registration),
    navigator.clearAppBadge?.(),
    ...databases.map(({ name }) => deleteDatabase(name)),
    registration?.active && ask(registration.active, { type: "wipe" }),
  ]);
  sessionStorage.clear();
}

export function start() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.getAttribute("action")?.endsWith("/deconnexion/")) return;
    event.preventDefault();
    if (leaving.signal.aborted) return;
    const limit = new Promise((resolve) => setTimeout(resolve, WIPE_LIMIT));
    await Promise.race([wipe(), limit]).catch(console.error);
    HTMLFormElement.prototype.submit.call(form);
  });
  // Other tabs stop showing the record at once, then ask the server who is signed in.
  tabs.onmessage = () => {
    leaving.abort();
    document.body.replaceChildren();
    setTimeout(() => location.replace("/"), SIGN_OUT_TIME);
  };
}
