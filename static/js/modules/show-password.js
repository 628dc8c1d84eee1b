// Lets people see the password they type, so that they type it once.

export function start(button) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const words = { password: button.textContent, text: button.dataset.hide };
  const become = (type) => {
    input.type = type;
    button.textContent = words[type];
  };
  button.addEventListener("click", () => become(input.type === "password" ? "text" : "password"));
  // A password shown must not be kept as text by the browser's memory of forms.
  input.form.addEventListener("submit", () => become("password"));
}
