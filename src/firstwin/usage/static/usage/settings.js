// What the pages about sources add: copying a text, and lists that wait while they are read.

const say = (detail) => document.dispatchEvent(new CustomEvent("toast", { detail }));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(from.value ?? from.textContent);
    say({ message: "Copied" });
  } catch {
    // Without https a page may not write to the clipboard: select it, so that one key press copies it.
    getSelection().selectAllChildren(from);
    say({ message: "Selected: press Ctrl C to copy", tone: "watch" });
  }
});

// What comes by itself waits while somebody reads a body.
document.addEventListener("htmx:beforeRequest", (event) => {
  const list = event.target.closest?.("[data-quiet]");
  if (list && event.target === list && (list.querySelector("details[open]") || list.contains(document.activeElement))) event.preventDefault();
});

// A second form that acts on the ticked rows of a grid, beside the one its bar belongs to.
document.addEventListener("formdata", (event) => {
  const grid = document.getElementById(event.target.dataset.rowsOf ?? "");
  if (grid && document.querySelector(".bulk [name=all_matching]")?.checked) event.formData.append("all_matching", "1");
  for (const box of grid?.querySelectorAll("tbody input[name=row]:checked") ?? []) event.formData.append("row", box.value);
});
