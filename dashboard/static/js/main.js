// Starts a page: figures are read as they come near the window, definitions open in a dialog, menus submit themselves.
import { Panel, spark } from "./panel.js";

const panels = [...document.querySelectorAll("[data-panel]")].map((el) => new Panel(el));
const sparks = [...document.querySelectorAll("[data-spark]")];

const near = new IntersectionObserver((seen) => {
  for (const s of seen) {
    if (!s.isIntersecting) continue;
    near.unobserve(s.target);
    const p = panels.find((x) => x.el === s.target);
    if (p) p.load(); else spark(s.target);
  }
}, { rootMargin: "600px" });
for (const el of [...panels.map((p) => p.el), ...sparks]) near.observe(el);
// a printed page must be whole
addEventListener("beforeprint", () => { for (const p of panels) if (!p.data) p.load(); });

// a turned phone changes its layout, so figures are drawn for the other one
let was = innerWidth <= 600;
addEventListener("resize", () => {
  const is = innerWidth <= 600;
  if (is === was) return;
  was = is;
  for (const p of panels) if (p.data) p.load();
});

const dialog = document.querySelector("[data-dialog]");
document.addEventListener("click", async (e) => {
  const a = e.target.closest("[data-definition]");
  if (!a || !dialog || e.ctrlKey || e.metaKey) return;
  e.preventDefault();
  const body = dialog.querySelector("[data-dialog-body]");
  body.textContent = document.querySelector("main").dataset.loading;
  dialog.showModal();
  const r = await fetch(a.href, { credentials: "same-origin" }).catch(() => null);
  if (r && r.ok) body.innerHTML = await r.text();
  else body.textContent = document.querySelector("main").dataset.failed;
});
if (dialog) dialog.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });

// what is called a button answers to the space bar too
document.addEventListener("keydown", (e) => {
  if (e.key === " " && e.target.getAttribute("role") === "button") { e.preventDefault(); e.target.click(); }
});

// the fold of the filters is for phones; elsewhere they are always open
const fold = document.querySelector("[data-filters]");
if (fold) {
  const wide = matchMedia("(min-width: 601px)");
  const set = () => { fold.open = wide.matches; };
  wide.addEventListener("change", set);
  set();
  const form = fold.querySelector("[data-filter-form]");
  form.addEventListener("change", (e) => { if (e.target.tagName === "SELECT" && wide.matches) form.requestSubmit(); });
  // empty fields stay out of the address
  form.addEventListener("submit", () => {
    const { from, until } = form.elements;
    if (from.value && !until.value) until.value = form.dataset.last;
    if (until.value && !from.value) from.value = until.value.slice(0, 4) + "-01-01";
    for (const el of form.elements) if (el.name && !el.value) el.disabled = true;
  });
}
