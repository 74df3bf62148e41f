// Buttons that copy: data-copy has the text, or data-copy-from the id of the element that has it.
const shown = 1500;

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Over plain HTTP a browser has no clipboard for scripts, but copies what is selected.
  const area = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

document.addEventListener("click", async event => {
  const button = event.target.closest?.("[data-copy], [data-copy-from]");
  if (!button) return;
  event.preventDefault();
  await copy(button.dataset.copy ?? document.getElementById(button.dataset.copyFrom)?.innerText ?? "");
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), shown);
});
