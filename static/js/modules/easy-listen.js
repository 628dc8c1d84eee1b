// Reads the page aloud, sentence by sentence, with a French voice of the device itself: a voice that lives on a
// server would be sent the text of a health record. Without such a voice, the button stays hidden.
const SENTENCE = /[^.!?…\n]+[.!?…]*/g;
const SKIPPED = "script, style, svg, [hidden], .easy-tools, .visually-hidden";

function localVoice() {
  return speechSynthesis.getVoices().find((voice) => voice.localService && voice.lang.toLowerCase().startsWith("fr"));
}

function sentences(main) {
  const copy = main.cloneNode(true);
  copy.querySelectorAll(SKIPPED).forEach((element) => element.remove());
  copy.querySelectorAll("p, li, h1, h2, h3, a, button, label, legend, dt, dd, summary, .sentence")
    .forEach((element) => element.append("\n"));
  return (copy.textContent.match(SENTENCE) ?? []).map((words) => words.trim()).filter(Boolean);
}

export function start(holder) {
  if (!("speechSynthesis" in window)) return;
  const button = holder.querySelector("button");
  const label = button.querySelector("span");
  const listen = label.textContent;
  const show = () => { holder.hidden = !localVoice(); };

  const stop = () => {
    speechSynthesis.cancel();
    button.setAttribute("aria-pressed", "false");
    label.textContent = listen;
  };

  const read = () => {
    const queue = sentences(document.querySelector("main"));
    button.setAttribute("aria-pressed", "true");
    label.textContent = button.dataset.stop;
    queue.forEach((words, index) => {
      const utterance = new SpeechSynthesisUtterance(words);
      utterance.voice = localVoice();
      utterance.lang = "fr-FR";
      utterance.rate = 0.9;
      if (index === queue.length - 1) utterance.addEventListener("end", stop);
      speechSynthesis.speak(utterance);
    });
  };

  button.addEventListener("click", () => (button.getAttribute("aria-pressed") === "true" ? stop() : read()));
  addEventListener("pagehide", stop);
  speechSynthesis.addEventListener("voiceschanged", show);
  show();
}
