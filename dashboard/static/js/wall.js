// The page of a wall screen: frames take turns, each made of what stands on the page of a board. A frame is shown when
// all of it is there; until then, and whenever anything fails, the one before stays, marked with its time.
import { listen } from "./events.js";

const told = document.body.dataset, en = told.lang === "en";
const stage = document.querySelector("[data-stage]"), mark = document.querySelector("[data-mark]");
const frames = [...document.querySelectorAll("[data-frame]")].map((f) => ({ ...f.dataset }));
const dots = document.querySelectorAll(".dots li");
const dwell = told.dwell * 1000, patience = 25000, soonest = 1000, latest = 15000; // milliseconds

// the frame to begin with may stand in the address: /wall/hall#2
const first = Math.max(1, Math.min(frames.length, parseInt(location.hash.slice(1), 10) || 1));
const now = { frame: first - 2, at: null, version: "" }; // what is shown, and when it was fetched
let newest = "";            // version of the data, as the server says
let lost = false;           // nobody says so at present
let failing = false;        // the last try came to nothing
const unread = new Set();   // titles of frames that cannot be read though others can
let turn = 0;               // when the next frame's turn is
let wait = soonest, timer, busy = false, asked = 0;

// say marks the picture when it may be old, until the next stands there, or when one is missing.
function say() {
  let text = "";
  if (lost || failing) text = now.at ? told.lost.replace("{}", clock(now.at)) : told.never;
  else if (now.at && newest && newest !== now.version) text = told.newer.replace("{}", clock(now.at));
  else if (unread.size) text = told.missing.replace("{}", [...unread].join(en ? ", " : "、"));
  mark.textContent = text;
  mark.hidden = !text;
}

// office writes moments by the clock of the office; what the machine behind the screen takes for its zone does not matter. A
// browser that does not know the zone, of a directory (posix/, right/) or newer than itself, still shows figures, by its own clock.
function office(form) {
  for (const timeZone of [told.zone, told.zone.replace(/^(posix|right)\//, ""), undefined]) {
    try {
      return new Intl.DateTimeFormat(en ? "en-GB" : "zh-CN", { timeZone, ...form });
    } catch (e) {
      console.warn(e);
    }
  }
}
const hour = office({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const date = office({ day: "numeric", month: "long" }), weekday = office({ weekday: "long" });
const day = (t) => (en ? date.format(t) : date.format(t).replace(/\d+/g, " $& ").trim());

// clock is a time of today, or a day and a time.
const clock = (t) => (day(t) === day(new Date()) ? hour.format(t) : day(t) + " " + hour.format(t));

function tick() {
  const t = new Date();
  document.querySelector("[data-clock]").textContent = clock(t);
  document.querySelector("[data-day]").textContent = en ? weekday.format(t) + " " + day(t) : day(t) + " " + weekday.format(t);
  setTimeout(tick, 1000 - t.getMilliseconds());
}

// tall screens, and how many pixels stand for one of a drawing: letters are drawn at 12
const tall = () => innerHeight > innerWidth;
const unit = () => (tall() ? Math.min(innerWidth / 540, innerHeight / 960) : Math.min(innerWidth / 960, innerHeight / 540));

// Gone is what nobody stands for any more, a report date that was withdrawn: it is not left on the screen. It carries what is
// said instead.
class Gone extends Error {}

async function get(url) {
  const r = await fetch(url, { signal: AbortSignal.timeout(patience), cache: "no-cache", credentials: "same-origin" });
  if (r.status === 410) {
    const doc = new DOMParser().parseFromString(await r.text(), "text/html");
    throw new Gone(doc.querySelector("main .lead")?.textContent || told.never);
  }
  if (!r.ok) throw new Error(url + ": " + r.status);
  return r;
}

// Unread is a frame that its board cannot show, while the server answers.
class Unread extends Error {}

// pick takes a card or a panel out of the page of a board, without what only a hand can use.
function pick(doc, kind, name) {
  const found = doc.querySelector(`[data-${kind}="${CSS.escape(name)}"]`);
  if (!found || found.dataset.state === "failed") throw new Unread(name);
  const el = document.importNode(found, true);
  el.removeAttribute("id");
  for (const x of el.querySelectorAll(".spark, .fold, .all-rows, label, .foot-links, .panel-tools, .panel-maps, .paper, .at-phone, .hint, [hidden]")) x.remove();
  // why a number is marked stands in what a mouse would bring up
  const why = [...new Set([...el.querySelectorAll("td[title]")].filter((c) => /\*/.test(c.textContent)).map((c) => c.title))];
  if (why.length) {
    const note = Object.assign(document.createElement("p"), { className: "note why", textContent: "* " + why.slice(0, 2).join(en ? "; " : "；") });
    el.querySelector("footer").before(note);
  }
  return bare(el);
}

// bare has no link: nobody touches a wall.
function bare(el) {
  for (const a of el.querySelectorAll("a, button")) {
    const plain = Object.assign(document.createElement(a.closest(".brief") ? "b" : "span"), { className: a.className });
    plain.append(...a.childNodes);
    a.replaceWith(plain);
  }
  return el;
}

// sentences are those on top of the board.
function sentences(doc) {
  const found = doc.querySelector(".brief");
  if (!found) throw new Unread("sentences");
  const el = document.importNode(found, true);
  for (const own of el.querySelectorAll(".brief-more, .is-since")) own.remove(); // what only a hand can use, and what is of one reader
  return bare(el);
}

// targets are the numbers of the page of targets, and below them those that are behind, with their units.
function targets(doc) {
  const found = doc.querySelector(".cards");
  if (!found) throw new Unread("targets");
  const cards = bare(document.importNode(found, true)), panel = document.createElement("section"), table = document.createElement("table");
  cards.className = "cards few";
  const cell = (row, kind, text, name) => row.append(Object.assign(document.createElement(kind), { textContent: text, className: name || "" }));
  const from = [...doc.querySelectorAll("section.panel table")].pop(), heads = [...from.tHead.rows[0].cells].map((c) => c.textContent);
  const head = table.createTHead().insertRow();
  for (const i of [-1, 0, 1, 2, 3, 4]) cell(head, "th", i < 0 ? told.unit : heads[i], i > 1 ? "n" : "");
  const body = table.createTBody();
  for (const unit of from.tBodies) {
    for (const row of unit.rows) {
      if (!row.querySelector("td.bad")) continue;
      for (const x of row.querySelectorAll("small, br, .vh, [aria-hidden]")) x.remove();
      const to = body.insertRow();
      cell(to, "th", unit.querySelector("h3").textContent);
      [...row.cells].slice(0, 5).forEach((c, i) => cell(to, "td", c.textContent.trim(), i > 1 ? "n" : i === 1 ? "bad" : ""));
    }
  }
  const box = Object.assign(document.createElement("div"), { className: "panel-table" });
  box.append(table);
  panel.className = "panel kind-table";
  panel.append(box);
  const panels = Object.assign(document.createElement("div"), { className: "panels of-1" });
  panels.append(panel);
  return body.rows.length ? [cards, panels] : [cards];
}

// draw puts the server's drawing, as large as the place that is left for it, where the page has a smaller one.
async function draw(el) {
  const old = el.querySelector("picture");
  if (!old) return;
  const plot = el.querySelector("[data-plot]"), u = unit();
  const box = [plot.clientWidth, plot.clientHeight].map((n) => Math.max(160, Math.round(n / u / 4) * 4));
  const url = new URL(old.querySelector("img").getAttribute("src"), location.href);
  url.searchParams.set("place", "wall");
  url.searchParams.set("box", box.join("x"));
  const at = URL.createObjectURL(await (await get(url)).blob());
  const img = new Image();
  try {
    img.alt = old.querySelector("img").alt;
    img.dataset.from = url;
    img.src = at;
    await img.decode();
    if (!img.naturalWidth) throw new Error("no picture");
  } finally {
    URL.revokeObjectURL(at);
  }
  old.replaceWith(img);
}

// fit makes long numbers smaller and full cards tighter, and cuts a table that is too long, saying by how much.
function fit(scene) {
  for (const b of scene.querySelectorAll(".value b")) b.classList.toggle("long", b.scrollWidth > b.parentNode.clientWidth);
  for (const row of scene.querySelectorAll(".cards")) { // all of them, so that numbers beside each other are of one size
    const full = [...row.children].some((c) => c.scrollHeight > c.clientHeight + 1);
    for (const c of row.children) c.classList.toggle("dense", full);
  }
  for (const b of scene.querySelectorAll(".brief")) b.classList.toggle("tight", b.scrollHeight > b.clientHeight + 1 || b.firstElementChild.scrollHeight > b.clientHeight);
  for (const box of scene.querySelectorAll(".panel-table")) {
    box.classList.toggle("tight", box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1);
    const rows = [...box.querySelectorAll("tbody tr")];
    let cut = 0;
    const more = Object.assign(document.createElement("p"), { className: "more" });
    while (box.scrollHeight > box.clientHeight + 1 && rows.length > 1) {
      rows.pop().remove();
      more.textContent = told.more.replace("{}", ++cut);
      if (cut === 1) box.append(more);
    }
  }
}

// load makes a frame behind the one that is shown, and puts it there when all of it stands.
async function load(i) {
  const f = frames[i];
  const text = await (await get(f.page)).text();
  const doc = new DOMParser().parseFromString(text, "text/html"), main = doc.querySelector("main[data-board], main[data-targets]");
  if (!main || !doc.querySelector("[data-dialog], main[data-targets] ~ .foot")) throw new Error("half a page"); // it broke off while it was sent
  const scene = document.createElement("div");
  scene.className = "scene is-coming";
  if (f.also === "sentences") scene.append(sentences(doc));
  if (f.also === "targets") scene.append(...targets(doc));
  const cards = f.cards.split(" ").filter(Boolean), panels = f.panels.split(" ").filter(Boolean);
  for (const [kind, names] of [["card", cards], ["panel", panels]]) {
    if (!names.length) continue;
    const row = Object.assign(document.createElement("div"), { className: kind + "s of-" + names.length });
    row.append(...names.map((name) => pick(doc, kind, name)));
    scene.append(row);
  }
  stage.append(scene);
  try {
    fit(scene);
    await Promise.all([...scene.querySelectorAll("[data-panel]")].map(draw));
  } catch (e) {
    scene.remove();
    throw e;
  }
  scene.classList.remove("is-coming");
  stage.replaceChildren(scene);
  document.querySelector("[data-title]").textContent = f.title;
  doc.querySelector(".title-book")?.remove(); // a file is fetched by a hand
  document.querySelector("[data-of]").textContent = doc.querySelector(".title-date").textContent.trim().replace(/\s+/g, " ");
  dots.forEach((d, n) => d.classList.toggle("here", n === i));
  if (i !== now.frame) turn = Date.now() + dwell;
  Object.assign(now, { frame: i, at: new Date(), version: main.dataset.version });
  stage.dataset.version = now.version;
  unread.delete(f.title);
}

// clear takes the figures away and says why.
function clear(i, why) {
  stage.replaceChildren(Object.assign(document.createElement("p"), { className: "gone", textContent: why }));
  document.querySelector("[data-title]").textContent = frames[i].title;
  document.querySelector("[data-of]").textContent = "";
  turn = Date.now() + dwell;
  Object.assign(now, { frame: i, at: null, version: newest });
  stage.dataset.version = "";
}

// step shows the frame whose turn it is, or the shown one anew, and sets the time of the next step.
async function step() {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  let i = Date.now() >= turn ? (now.frame + 1) % frames.length : now.frame;
  asked = Date.now();
  const last = i;
  for (;;) {
    try {
      await load(i);
      failing = false;
      wait = soonest;
    } catch (e) {
      if (e instanceof Unread) {
        unread.add(frames[i].title);
        i = (i + 1) % frames.length;
        if (i !== last) continue; // the others are shown meanwhile
      }
      failing = !(e instanceof Gone);
      if (!failing) clear(i, e.message);
    }
    break;
  }
  busy = false;
  say();
  let next = Math.max(0, turn - Date.now());
  if (failing) {
    next = wait;
    wait = Math.min(latest, wait * 2);
  } else if (newest && newest !== now.version) {
    next = rest(); // published while this was fetched
  }
  later(next);
}

// later sets the time of the next step.
function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(step, ms);
}

// rest is how long the server is left alone between two refreshings: a whole inbox is published within a minute
const rest = () => Math.max(0, asked + 2000 + 1000 * Math.random() - Date.now());

addEventListener("resize", () => later(300));

tick();
step();
listen(({ version, program }) => {
  if (program !== told.program) {
    // another program is served: its pages and this one may not understand each other
    get(location.href).then(() => location.reload(), () => {});
    return;
  }
  lost = false;
  newest = version;
  say();
  if (version !== now.version || failing) later(rest());
}, () => {
  lost = true;
  say();
}, () => {
  newest = "changed"; // what is shown has its mark before anybody can say what follows it
  say();
});
