// Several shots make one document: each photograph joins the others, and can be taken away again before sending.
// Large photographs are made smaller on the phone, so that they leave quickly on a weak network.
const LONGEST_SIDE = 2400;
const QUALITY = 0.85;
const WORTH_IT = 1_500_000;

async function lighten(file) {
  if (file.type !== "image/jpeg" || file.size < WORTH_IT) return file;
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
}

export function start(form) {
  const inputs = [...form.querySelectorAll(".capture__input")];
  const list = form.querySelector("[data-capture-list]");
  const main = inputs.at(-1);
  const chosen = [];
  form.dataset.enhanced = "";

  function sync() {
    const transfer = new DataTransfer();
    for (const file of chosen) transfer.items.add(file);
    main.files = transfer.files;
    for (const input of inputs) if (input !== main) input.value = "";
    list.replaceChildren(...chosen.map(line));
    list.hidden = chosen.length === 0;
  }

  function line(file, index) {
    const item = document.createElement("li");
    item.className = "capture__file";
    const label = document.createElement("span");
    label.textContent = list.dataset.page.replace("{n}", index + 1);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button--quiet";
    remove.textContent = list.dataset.remove;
    remove.setAttribute("aria-label", `${list.dataset.remove} ${index + 1}`);
    remove.addEventListener("click", () => {
      chosen.splice(index, 1);
      sync();
      (list.querySelector("button") ?? main).focus();
    });
    if (file.type.startsWith("image/") && !file.type.includes("hei")) {
      createImageBitmap(file, { resizeHeight: 120 }).then((picture) => {
        const canvas = document.createElement("canvas");
        canvas.width = picture.width;
        canvas.height = picture.height;
        canvas.getContext("2d").drawImage(picture, 0, 0);
        item.prepend(canvas);
      }, () => undefined);
    }
    item.append(label, remove);
    return item;
  }

  for (const input of inputs) {
    input.addEventListener("change", async () => {
      const added = [...input.files].filter((file) => !chosen.includes(file));
      if (!added.length) return;
      chosen.push(...(await Promise.all(added.map((file) => lighten(file).catch(() => file)))));
      sync();
    });
  }
}
