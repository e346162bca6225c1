// An open page follows what is published: its own page is fetched again, and what differs there is put in place of what
// stands here. Scroll position, open tables, woken charts and an open dialog stay.
import { listen } from "./events.js";

const patience = 25000, rest = 2000, latest = 60000; // milliseconds

// follow keeps a board up to date while somebody can see it: a browser allows few connections, so a hidden page has none.
export function follow(main, panels, start) {
  let newest = main.dataset.version, quiet = null, timer = 0, busy = false, asked = 0, wait = rest;

  async function renew() {
    if (busy || quiet === null || newest === main.dataset.version) return;
    busy = true;
    asked = Date.now();
    try {
      const r = await fetch(location.href, { signal: AbortSignal.timeout(patience), cache: "no-cache", credentials: "same-origin" });
      const doc = new DOMParser().parseFromString(await r.text(), "text/html"), fresh = doc.querySelector("main[data-board]");
      if (!r.ok || !fresh || !doc.querySelector("[data-dialog]")) throw new Error("half a page");
      await put(main, fresh, panels, start);
      main.dataset.version = fresh.dataset.version;
      wait = rest;
    } catch {
      wait = Math.min(latest, wait * 2);
    }
    busy = false;
    if (newest !== main.dataset.version) later();
  }

  // a whole inbox is published within a minute: the server is left alone between two fetches
  function later() {
    clearTimeout(timer);
    timer = setTimeout(renew, Math.max(0, asked + wait + 1000 * Math.random() - Date.now()));
  }

  function heed() {
    if (document.hidden) {
      if (quiet) quiet();
      quiet = null;
    } else if (quiet === null) {
      quiet = listen((told) => { newest = told.version; if (newest !== main.dataset.version) later(); }, () => {});
    }
  }
  document.addEventListener("visibilitychange", heed);
  addEventListener("pagehide", () => { if (quiet) quiet(); quiet = null; });
  addEventListener("pageshow", heed);
  heed();
}

const isPart = (el) => el.matches("h2, .cards, .cards-note, .grid");
const name = (el) => el.dataset.card || el.dataset.panel || "";
const shape = (el) => (el.matches("h2, .cards-note") ? el.textContent : el.className + ":" + [...el.children].map(name).join(" "));

// put brings what stands on the fresh page into this one.
async function put(main, fresh, panels, start) {
  const parts = [...main.children].filter(isPart), theirs = [...fresh.children].filter(isPart);
  const same = parts.length === theirs.length && parts.every((p, i) => shape(p) === shape(theirs[i]));
  // pictures are there before anything changes, so that nothing blinks and no figure stands beside an older drawing
  const images = same ? [...theirs.flatMap((p) => [...p.querySelectorAll("picture img")])] : [];
  const drawn = new Map();
  await Promise.all(images.map(async (img) => {
    const of = img.closest("[data-card], [data-panel]"), here = document.importNode(img.closest("picture"), true);
    const own = here.querySelector("img");
    if (!seen(name(of))) return;
    own.loading = "eager";
    await own.decode().catch(() => {}); // a drawing that fails says so by its alternative text
    drawn.set(name(of), here);
  }));
  // what stands below the figures: what is due, what has moved
  const foot = () => { for (let el = theirs.at(-1)?.nextElementSibling; el; el = el.nextElementSibling) main.append(document.importNode(el, true)); };
  keepingPlace(() => {
    const top = parts[0] || null;
    for (const el of [...main.children]) if (!isPart(el)) el.remove();
    for (const el of [...fresh.children]) {
      if (isPart(el)) break;
      main.insertBefore(document.importNode(el, true), top);
    }
    if (!same) {
      for (const p of panels) p.close();
      panels.length = 0;
      for (const el of parts) el.remove();
      for (const el of theirs) main.append(document.importNode(el, true));
      foot();
      for (const el of main.querySelectorAll("[data-panel]")) start(el);
      return;
    }
    foot();
    parts.forEach((part, i) => [...part.children].forEach((el, n) => {
      const now = theirs[i].children[n], picture = drawn.get(name(now));
      if (el.dataset.card) card(el, now, picture);
      else panels.find((p) => p.el === el).renew(now, picture);
    }));
  });
}

// seen says that something is near enough to be looked at.
function seen(of) {
  const el = document.querySelector(`[data-card="${CSS.escape(of)}"], [data-panel="${CSS.escape(of)}"]`), r = el && el.getBoundingClientRect();
  return r && r.bottom > -300 && r.top < innerHeight + 300;
}

function card(el, now, picture) {
  if (el.innerHTML === now.innerHTML) return;
  const links = [...el.querySelectorAll("a")], focus = links.indexOf(document.activeElement);
  const open = el.querySelector(".fold")?.checked; // by the reader's tap on a phone
  el.replaceChildren(...document.importNode(now, true).childNodes);
  if (open) el.querySelector(".fold").checked = true;
  if (picture) el.querySelector("picture").replaceWith(picture);
  if (focus >= 0) el.querySelectorAll("a")[focus]?.focus({ preventScroll: true });
}

// keepingPlace changes the page so that what the reader looks at stays where it is.
function keepingPlace(change) {
  const marks = [...document.querySelectorAll("[data-card], [data-panel]")];
  const mark = scrollY > 0 && marks.find((el) => el.getBoundingClientRect().bottom > 0);
  const of = mark && name(mark), was = mark && mark.getBoundingClientRect().top;
  change();
  const is = of && document.querySelector(`[data-card="${CSS.escape(of)}"], [data-panel="${CSS.escape(of)}"]`);
  if (is) scrollBy(0, is.getBoundingClientRect().top - was);
}
