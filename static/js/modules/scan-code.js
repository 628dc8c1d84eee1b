// Reads a code with the camera, where the browser can; the text field and the photograph do the same everywhere.
const FORMATS = ["data_matrix", "qr_code"];
const EVERY = 250;

export async function start(form) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const known = await BarcodeDetector.getSupportedFormats();
  const formats = FORMATS.filter((format) => known.includes(format));
  if (!formats.length) return;

  const detector = new BarcodeDetector({ formats });
  const place = form.querySelector("[data-camera]");
  const field = form.elements.text;
  const button = document.createElement("button");
  const video = document.createElement("video");
  const words = document.createElement("p");
  let stream = null;
  button.type = "button";
  button.className = "button button--wide";
  button.textContent = form.dataset.start;
  video.className = "scanner";
  video.muted = video.playsInline = true;
  video.hidden = true;
  words.setAttribute("role", "status");
  place.append(button, video, words);
  place.hidden = false;

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    button.textContent = form.dataset.start;
    words.textContent = "";
  }

  async function look() {
    if (!stream) return;
    let found = [];
    try {
      found = await detector.detect(video);
    } catch {
      // The first frame may not be there yet: look again.
    }
    if (!stream) return;
    if (!found.length) { setTimeout(look, EVERY); return; }
    stop();
    field.value = found[0].rawValue;
    form.requestSubmit();
  }

  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      words.textContent = form.dataset.denied;
      field.focus();
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    button.textContent = form.dataset.stop;
    words.textContent = form.dataset.wait;
    await video.play();
    look();
  });
  addEventListener("pagehide", stop);
}
