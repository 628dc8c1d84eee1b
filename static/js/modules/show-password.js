// Lets people see the password they type, so that they type it once.

export function start(form) {
  for (const input of form.querySelectorAll("input[type=password]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.setAttribute("aria-controls", input.id);
    const say = () => { button.textContent = input.type === "password" ? form.dataset.show : form.dataset.hide; };
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      say();
    });
    // A password shown must not be kept as text by the browser's memory of forms.
    form.addEventListener("submit", () => { input.type = "password"; });
    say();
    input.after(button);
  }
}
