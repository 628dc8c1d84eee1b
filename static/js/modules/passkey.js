// Passkeys: signing in (by the button, or from the identifier field), proving again, creating one.
// The form says which by data-passkey; the browser's binary answers are put in JSON by webauthn-json (allauth's).

const autofill = new AbortController();

async function fetchOptions(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`No passkey options: ${response.status}`);
  return (await response.json()).request_options;
}

function readOptions(key) {
  return JSON.parse(document.getElementById("passkey-options").textContent)[key];
}

const ask = {
  "sign-in": async (form) => webauthnJSON.get(await fetchOptions(form.action)),
  prove: () => webauthnJSON.get(readOptions("request_options")),
  create: () => webauthnJSON.create(readOptions("creation_options")),
};

function send(form, credential) {
  form.elements.credential.value = JSON.stringify(credential);
  const shared = document.querySelector("input[type=checkbox][name=shared]");
  if (form.elements.shared) form.elements.shared.value = shared?.checked ? "on" : "";
  form.submit();
}

function showProblem(form, error) {
  const said = form.querySelector(`[data-problem="${error.name}"]`) ?? form.querySelector('[data-problem=""]');
  for (const line of form.querySelectorAll("[data-problem]")) line.hidden = line !== said;
}

// The browser offers the passkeys it holds right in the identifier field: one tap, then the fingerprint.
async function offerInField(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const options = await fetchOptions(form.action);
  const credential = await webauthnJSON.get({ ...options, mediation: "conditional", signal: autofill.signal });
  send(form, credential);
}

export function start(form) {
  // The form has its place from the start, so that nothing moves under the finger; until now it could not be sent.
  if (!globalThis.PublicKeyCredential || !globalThis.webauthnJSON) {
    form.hidden = true;
    for (const note of document.querySelectorAll("[data-passkey-unsupported]")) note.hidden = false;
    return;
  }
  form.inert = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    autofill.abort();
    try {
      send(form, await ask[form.dataset.passkey](form));
    } catch (error) {
      showProblem(form, error);
    }
  });
  if (form.dataset.passkey === "sign-in") {
    offerInField(form).catch((error) => {
      if (error.name !== "AbortError" && error.name !== "NotAllowedError") console.error(error);
    });
  }
}
