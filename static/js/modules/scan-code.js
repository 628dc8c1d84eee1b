// Reads a code with the camera: by itself where the browser knows codes, else by a tap that sends what the camera sees.
// The text field and the photograph do the same everywhere.
const FORMATS = ["data_matrix", "qr_code"];
const EVERY = 250;

export async function start(form) {
  if (!navigator.mediaDevices?.getUserMedia) return;
  const detector = await readsCodes();
  const place = form.querySelector("[data-camera]");
  const field = form.elements.text;
  const button = document.createElement("button");
  const shutter = document.createElement("button");
  const video = document.createElement("video");
  const words = document.createElement("p");
  let stream = null;
  button.type = shutter.type = "button";
  button.className = "button button--wide";
  button.textContent = form.dataset.start;
  shutter.className = "button button--wide";
  shutter.textContent = form.dataset.shoot;
  shutter.hidden = true;
  video.className = "scanner";
  video.muted = video.playsInline = true;
  video.hidden = true;
  words.setAttribute("role", "status");
  place.append(video, words, shutter, button);
  place.hidden = false;

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = shutter.hidden = true;
    button.className = "button button--wide";
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

  shutter.addEventListener("click", async () => {
    const picture = await frameOf(video);
    if (!stream || !picture) return;
    stop();
    const chosen = new DataTransfer();
    chosen.items.add(picture);
    form.elements.picture.files = chosen.files;
    field.value = "";
    form.requestSubmit();
  });

  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
      });
    } catch {
      words.textContent = form.dataset.denied;
      field.focus();
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    button.className = "button button--secondary button--wide";
    button.textContent = form.dataset.stop;
    words.textContent = form.dataset.wait;
    await video.play();
    if (detector) look();
    else shutter.hidden = false;
  });
  addEventListener("pagehide", stop);
}

async function readsCodes() {
  if (!("BarcodeDetector" in window)) return null;
  const known = await BarcodeDetector.getSupportedFormats();
  const formats = FORMATS.filter((format) => known.includes(format));
  return formats.length ? new BarcodeDetector({ formats }) : null;
}

async function frameOf(video) {
  if (!video.videoWidth) return null;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  return blob && new File([blob], "code.jpg", { type: "image/jpeg" });
}
