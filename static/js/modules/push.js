// Lets this browser receive pushes: asks only when the person taps, and tells the server.
// The section it starts on holds one element per state; exactly one of them is shown.

const isAppleDevice = /iPhone|iPad/.test(navigator.userAgent);

function bytesOf(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function isFor(subscription, key) {
  const current = new Uint8Array(subscription.options.applicationServerKey ?? []);
  return current.length === key.length && key.every((byte, index) => byte === current[index]);
}

async function tell(section, method, subscription) {
  const response = await fetch(section.dataset.url, {
    method,
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": section.querySelector("[name=csrfmiddlewaretoken]").value,
    },
    body: JSON.stringify(subscription),
  });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
}

async function turnOn(section) {
  const key = bytesOf(section.dataset.key);
  const registration = await navigator.serviceWorker.ready;
  const known = await registration.pushManager.getSubscription();
  // A subscription made for another key is useless: the server's key changed, or the server did.
  if (known && !isFor(known, key)) await known.unsubscribe();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await tell(section, "POST", subscription);
  await registration.showNotification(section.dataset.hello, { tag: "calepin-hello", lang: "fr" });
}

async function turnOff(section) {
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription) return;
  await tell(section, "DELETE", subscription);
  await subscription.unsubscribe();
}

async function currentState(section) {
  if (!("serviceWorker" in navigator && "PushManager" in globalThis)) return isAppleDevice ? "install" : "";
  if (Notification.permission === "denied") return "refused";
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription || !isFor(subscription, bytesOf(section.dataset.key))) return "off";
  // The browser may have renewed it, and somebody else may have been signed in: say it again.
  await tell(section, "POST", subscription);
  return "on";
}

function show(section, state) {
  section.hidden = !state;
  for (const part of section.querySelectorAll("[data-push-state]")) part.hidden = part.dataset.pushState !== state;
}

export function start(section) {
  const said = section.querySelector("[data-push-said]");

  async function act(work, failed) {
    let state;
    try {
      await work?.(section);
      state = await currentState(section);
    } catch (error) {
      console.error(error);
      state = globalThis.Notification?.permission === "denied" ? "refused" : failed;
    }
    show(section, state);
    if (!work) return;
    const part = section.querySelector(`[data-push-state="${state}"]`);
    said.textContent = (part?.querySelector("p") ?? part)?.textContent ?? "";
    part?.querySelector("button")?.focus();
  }

  for (const button of section.querySelectorAll("[data-push]")) {
    const work = button.dataset.push === "on" ? turnOn : turnOff;
    button.addEventListener("click", () => act(work, "failed"));
  }
  act(null, "failed");
}
