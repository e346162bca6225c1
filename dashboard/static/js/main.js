// Starts a page: pictures become charts when a hand comes near, definitions open in a dialog, menus submit themselves.
import { leave } from "./events.js";
import { follow } from "./live.js";
import { Panel } from "./panel.js";

const panels = [];

// At the desk the first move of the mouse or a key wakes every chart in sight and those that come into it; on a phone, where
// each costs more, only the one that is touched. Where a chart cannot be had its picture stays.
const wake = (p) => { if (p && p.waits) p.load().catch(() => {}); };
const near = new IntersectionObserver((seen) => {
  for (const s of seen) if (s.isIntersecting) { near.unobserve(s.target); wake(panels.find((p) => p.el === s.target)); }
}, { rootMargin: "300px" });
let awake = false;
function woken() {
  if (awake || innerWidth <= 600) return;
  awake = true;
  for (const p of panels) near.observe(p.el);
}
for (const kind of ["pointermove", "pointerdown", "keydown"]) addEventListener(kind, woken, { once: true, passive: true });
function start(el) {
  const p = new Panel(el);
  panels.push(p);
  for (const kind of ["pointerdown", "focusin"]) p.plot.addEventListener(kind, () => wake(p), { passive: true });
  if (awake) near.observe(el);
}
for (const el of document.querySelectorAll("[data-panel]")) start(el);
const board = document.querySelector("main[data-board]");
if (board) follow(board, panels, start);
// a page that the browser has kept and brings back may be of somebody who has signed out since
addEventListener("pageshow", (e) => { if (e.persisted) leave(); });

// the pictures that nobody can see yet come after those in sight, and those for paper last. All of them are asked for anew, so
// that the page counts as loaded when they are there: a browser prints no earlier. A phone, which prints seldom and waits for
// nothing then, fetches those for paper once the page was touched and rests, unless its owner spares data. Who prints before one has come gets the picture of the screen in its place, and where
// that lacks too is told so on the sheet.
const soon = (of) => { for (const i of document.querySelectorAll(of)) if (i.loading !== "eager") { const src = i.getAttribute("src"); i.removeAttribute("src"); i.loading = "eager"; i.setAttribute("src", src); } };
const paper = () => soon("img[loading]");
if (innerWidth > 600) {
  soon("img[loading]:not(.paper)");
  paper();
} else if (!navigator.connection?.saveData) {
  const touched = () => {
    for (const kind of ["pointerdown", "scroll", "keydown"]) removeEventListener(kind, touched);
    (window.requestIdleCallback || setTimeout)(() => soon("img.paper[loading]"));
  };
  for (const kind of ["pointerdown", "scroll", "keydown"]) addEventListener(kind, touched, { passive: true });
}
const there = (i) => i && i.complete && i.naturalWidth > 0;
addEventListener("beforeprint", () => {
  paper();
  if (!board) return;
  const theme = document.documentElement.dataset.theme, dark = theme === "dark" || theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
  let cut = false;
  for (const i of board.querySelectorAll("img.paper")) {
    const shown = !there(i) && there(i.parentElement.querySelector("picture img"));
    i.parentElement.classList.toggle("as-shown", shown);
    i.parentElement.classList.toggle("as-dark", shown && dark);
    if (!there(i) && !shown) cut = true;
  }
  board.classList.toggle("unprinted", cut);
});

// a turned phone changes its layout, so charts are drawn for the other one
let was = innerWidth <= 600;
addEventListener("resize", () => {
  const is = innerWidth <= 600;
  if (is === was) return;
  was = is;
  for (const p of panels) if (p.chart) p.load().catch(() => {});
});

// a click in a figure narrows the page and leads back to it: on a phone it stands open then
const fold = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)))?.querySelector(":scope > .fold");
if (fold) fold.checked = true;

// on a phone tabs are rows that are swiped: the one the reader is on is in sight
for (const tab of document.querySelectorAll(".tabs [aria-current], .subtabs [aria-current]")) { const row = tab.parentElement; row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2; }

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

// one menu of the filters is open at a time; a click elsewhere or Escape closes it
const picks = () => document.querySelectorAll("[data-pick][open]");
document.addEventListener("toggle", (e) => { if (e.target.open && e.target.matches("[data-pick]")) for (const o of picks()) if (o !== e.target) o.open = false; }, true);
document.addEventListener("click", (e) => { for (const p of picks()) if (!p.contains(e.target) || e.target.closest(".tools a")) p.open = false; });
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const p of picks()) { p.open = false; p.querySelector("summary").focus(); }
});

// what is chosen applies at once; a stretch of one's own when both its ends are there
const form = document.querySelector("[data-filter-form]");
if (form) {
  const { from, until } = form.elements;
  form.addEventListener("change", (e) => {
    const ends = e.target === from || e.target === until;
    if (ends && (!from.value || !until.value)) return;
    if (ends && from.value > until.value) until.value = [...until.options].map((o) => o.value).filter((v) => v > from.value).sort()[0] || "";
    form.requestSubmit();
  });
  // empty fields stay out of the address
  form.addEventListener("submit", () => {
    if (!from.value || !until.value) from.value = until.value = "";
    for (const el of form.elements) if (el.name && !el.value) el.disabled = true;
  });
}
