// What the pages of imports add: sending large files with a bar, changes in their order, and copying a text.

// By its event: importing the module of another room's folder would load it a second time under another name.
const say = (detail) => document.dispatchEvent(new CustomEvent("toast", { detail }));
const sent = (form) => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);

document.addEventListener("htmx:confirm", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  if (!form) return;
  const size = sent(form).reduce((sum, file) => sum + file.size, 0);
  if (size <= Number(form.dataset.largest)) return;
  event.preventDefault();
  say({ message: `That is more than ${form.dataset.largestWords}. Split it, or import it on the server.`, tone: "risk" });
});

document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
  const box = target.closest?.("form[data-upload]")?.querySelector("[data-upload-progress]");
  if (!box || !detail.lengthComputable) return;
  const share = Math.round((100 * detail.loaded) / detail.total);
  box.hidden = false;
  const [words, note] = box.querySelectorAll("span");
  words.textContent = share < 100 ? "Sending" : "Looking at the files";
  note.textContent = `${share}%`;
  box.firstElementChild.setAttribute("aria-valuenow", share);
  const svg = box.querySelector("svg");
  const bar = svg.querySelector(".solid") ?? svg.appendChild(svg.querySelector(".track").cloneNode());
  bar.setAttribute("class", "solid");
  bar.setAttribute("width", `${share}%`);
});

// A change is sent before the answer to the one before is there: number them, so that the later one stays.
const page = crypto.getRandomValues(new Uint32Array(2)).join("");
let turns = 0;
for (const kind of ["change", "submit"]) {
  document.addEventListener(kind, ({ target }) => {
    const turn = (target.form ?? target).elements?.turn;
    if (turn) turn.value = `${page}:${++turns}`;
  }, true);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(from.value ?? from.textContent);
  say({ message: "Copied" });
});
