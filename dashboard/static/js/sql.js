// The page of statements: what is written is run, watched and stopped, its rows are looked at, drawn and taken away.
import { ask, main, node, number, params, say, tabs, wrong } from "./sqlsay.js";
import { editor } from "./sqledit.js";
import { Grid, numeric } from "./sqlgrid.js";
import { draw, offer } from "./sqldraw.js";
import { clock, timedText } from "./sqlclock.js";

const $ = (name) => main.querySelector(`[data-${name}]`);
const [run, stop, state, fault, out, count, stats, cost, fields] = ["run", "stop", "state", "fault", "out", "count", "stats", "cost", "fields"].map($);
let names = null; // what may stand in a statement
let running = null; // the run under way: its id
let asked = null; // the statement whose result is shown
let began = 0; // when the run began
let open = null; // the saved statement that is in the editor
const values = {}; // of parameters, by name

const grid = new Grid($("grid"), (i) => describe(i));
$("grid").addEventListener("failed", (e) => told({ text: e.detail }));

// told shows a fault, and marks its place.
function told(what, at = 0) {
  fault.hidden = !what;
  fault.textContent = what ? what.text : "";
  editor.mark(what, at);
}

// given are the values of the fields that a statement needs; null where one does not fit, which is then said.
function given(sql) {
  const list = params(sql);
  for (const p of list) {
    const bad = wrong(p, values[p.name] ?? "");
    const input = fields.querySelector(`[name="${CSS.escape(p.name)}"]`);
    input?.setAttribute("aria-invalid", Boolean(bad));
    if (bad) {
      told({ text: bad });
      input?.focus();
      return null;
    }
  }
  return Object.fromEntries(list.map((p) => [p.name, values[p.name] ?? ""]));
}

// field makes the fields that the statement in the editor needs.
function field() {
  const list = params(editor.text());
  const key = JSON.stringify(list);
  if (fields.dataset.key === key) return;
  fields.dataset.key = key;
  fields.hidden = list.length === 0;
  fields.replaceChildren(...list.map((p) => {
    const type = p.type.replace(/^(?:Nullable|LowCardinality)\((.*)\)$/, "$1");
    const input = node("input", "", null, { name: p.name, autocomplete: "off", "aria-label": say("param", p) });
    input.type = /^Date(?:32)?$/.test(type) ? "date" : "text";
    if (/^U?Int/.test(type)) input.inputMode = "numeric";
    if (/^(?:Float|Decimal)/.test(type)) input.inputMode = "decimal";
    input.value = values[p.name] ?? "";
    input.addEventListener("input", () => { values[p.name] = input.value; later(); });
    input.addEventListener("keydown", (e) => { if (e.key === "Enter") start(); });
    return node("label", "field", [node("span", "", [p.name, " ", node("small", "", p.type)]), input]);
  }));
}

// load puts a statement into the editor.
function load(sql, given = {}, saved = null) {
  open = saved;
  Object.assign(values, given);
  editor.set(sql);
  fields.dataset.key = "";
  field();
  for (const i of fields.querySelectorAll("input")) i.value = values[i.name] ?? "";
  $("saving").hidden = true;
  told(null);
  if (innerWidth <= 600) editor.host.scrollIntoView({ block: "start" });
}

// the rows that will be read, while nothing is written for a moment
let waits, estimating;
function later() {
  clearTimeout(waits);
  estimating?.abort(); // nobody wants what was to be said of an older text
  cost.textContent = "";
  waits = setTimeout(async () => {
    const sql = editor.text(), list = params(sql);
    if (!sql.trim() || list.some((p) => wrong(p, values[p.name] ?? ""))) return;
    const mine = (estimating = new AbortController());
    const e = await ask("/sql/estimate", { sql, params: Object.fromEntries(list.map((p) => [p.name, values[p.name] ?? ""])) }, { signal: mine.signal }).catch(() => null);
    if (e?.known && mine === estimating) cost.textContent = say("cost", { n: number(e.rows) });
  }, 900);
}

// progress says how a run goes.
function progress(p) {
  const parts = [p.why || say("state_" + p.state)];
  if (p.read) parts.push(p.total > p.read ? say("read_of", { n: number(p.read), of: number(p.total) }) : say("read", { n: number(p.read) }));
  if (p.bytes) parts.push(size(p.bytes));
  parts.push(say("seconds", { n: (p.ms / 1000).toFixed(1) }));
  state.textContent = parts.join(" · ");
  state.dataset.state = p.state;
}

const size = (n) => (n >= 1 << 30 ? (n / (1 << 30)).toFixed(1) + " GB" : n >= 1 << 20 ? (n / (1 << 20)).toFixed(1) + " MB" : Math.ceil(n / 1024) + " kB");

function rows(p) {
  grid.grow(p.rows);
  if (p.cut) count.textContent = p.all > p.rows ? say("first_of", { n: number(p.rows), of: number(p.all) }) : say("first", { n: number(p.rows) });
  else count.textContent = p.state === "done" && !p.rows ? say("no_rows") : say("rows", { n: number(p.rows) });
}

// start runs what is selected, or all; once more while it runs does nothing.
async function start() {
  if (running) return;
  const { sql, at } = editor.chosen();
  if (!sql.trim()) return told({ text: say("nothing") });
  const list = given(sql);
  if (!list) return;
  told(null);
  const id = crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  running = id;
  const reason = $("reason")?.value.trim() ?? "";
  asked = { sql, params: list, reason };
  const held = document.activeElement === run;
  run.hidden = true;
  stop.hidden = false;
  stop.disabled = false;
  began = performance.now();
  if (held) stop.focus({ preventScroll: true });
  stats.replaceChildren();
  out.hidden = true;
  $("empty").hidden = true;
  progress({ state: "running", ms: 0 });
  let last = null;
  try {
    const r = await fetch("/sql/run", { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ id, sql, params: list, reason }) });
    if (!r.ok) throw new Error((await r.json().catch(() => null))?.text || say("failed"));
    for await (const p of lines(r.body)) {
      last = p;
      if (p.columns) {
        grid.begin(id, p.columns);
        offer(p.columns);
        out.hidden = false;
      }
      if (!out.hidden) rows(p);
      progress(p);
    }
    if (!last || !["done", "failed", "stopped"].includes(last.state)) throw new Error(say("lost"));
    if (last.fault && last.state !== "stopped") told(last.fault, at);
  } catch (e) {
    told({ text: e instanceof TypeError ? say("lost") : e.message });
    progress({ state: "failed", ms: last?.ms ?? 0 });
  } finally {
    const back = document.activeElement === stop || document.activeElement === document.body;
    running = null;
    run.hidden = false;
    stop.hidden = true;
    if (back) run.focus({ preventScroll: true });
    if (document.getElementById("tab-history").getAttribute("aria-selected") === "true") history();
  }
}

// lines are the objects of an answer that has one a line.
async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (value) rest += value;
    for (let at; (at = rest.indexOf("\n")) >= 0; rest = rest.slice(at + 1)) if (at) yield JSON.parse(rest.slice(0, at));
    if (done) return;
  }
}

stop.addEventListener("click", () => {
  if (performance.now() - began < 400) return; // the key that started it is still held down
  stop.disabled = true;
  progress({ state: "stopping", ms: 0 });
  ask("/sql/stop", { id: running }).catch((e) => told({ text: e.message }));
});
run.addEventListener("click", start);
editor.host.addEventListener("run", start);

// describe says what a column amounts to, and where it comes from.
async function describe(i) {
  const c = grid.columns[i], id = grid.id;
  const title = node("h3", "", say("stats_of", { name: c.name })), made = source(c.name);
  stats.replaceChildren(title, node("p", "mute", "…"), made);
  try {
    const s = await ask(`/sql/stats/${id}?column=${i}`);
    const share = s.rows ? " (" + (100 * s.nulls / s.rows).toFixed(1) + "%)" : "";
    const short = (v) => Number(v).toLocaleString("en-US", { maximumSignificantDigits: 12 });
    const list = [["count", number(s.rows)], ["nulls", number(s.nulls) + share], ["distinct", number(s.distinct)]];
    if (s.rows > s.nulls) list.push(["min", s.min], ["max", s.max]);
    if (s.mean !== undefined) list.push(["mean", short(s.mean)], ["sum", short(s.sum)]);
    stats.replaceChildren(title, node("dl", "sql-facts", list.map(([k, v]) => node("div", "", [node("dt", "", say(k)), node("dd", "", v)]))), made);
  } catch (e) {
    stats.replaceChildren(title, node("p", "", e.message), made);
  }
}

// source says of which columns of which views a column of the result is made, and out of which files of the datasets, as the engine
// resolves the statement.
function source(name) {
  const box = node("div", "sql-source");
  ask("/sql/lineage", { sql: asked.sql, params: asked.params, column: name }).then(({ from }) => {
    const list = from.map((x) => node("li", "", [node("b", "", x.table + "." + x.column), " ", x.about ?? "", ...links(x),
      x.headings ? node("small", "", say("headings", { names: x.headings.join("、") })) : "",
      x.files ? node("ul", "", [...x.files.map((f) => node("li", "", [node("a", "", f.name, { href: f.page }), " ", node("small", "", [f.sender, f.period].filter(Boolean).join(" · "))])),
        x.more ? node("li", "mute", say("more_files", { n: number(x.more) })) : ""]) : ""]));
    box.replaceChildren(node("p", "mute", list.length ? say("comes") : say("traced_none")), node("ul", "", list));
  }).catch((e) => box.replaceChildren(node("p", "mute", e.message)));
  return box;
}

function links(x) {
  if (!x.dataset) return [];
  return [" ", node("a", "", say("dataset"), { href: "/data/datasets/" + x.dataset }), " ", node("a", "", say("runs"), { href: "/data/runs?dataset=" + x.dataset })];
}

// the side: tables, metrics, what is saved, what was asked
function know() {
  $("tables").replaceChildren(...names.tables.map((x) => node("details", "sql-item", [
    node("summary", "", [node("b", "", x.name), node("small", "", x.about)]),
    node("p", "sql-links", [node("button", "", say("insert", { name: x.name }), { type: "button", onclick: () => editor.insert(x.name) }), ...links(x)]),
    node("ul", "sql-columns", x.columns.map((c) => node("li", "", [node("button", "", c.name, { type: "button", onclick: () => editor.insert(c.name) }), node("small", "", " " + c.type), node("small", "sql-about", c.about)]))),
  ], { "data-text": (x.name + " " + x.about + " " + x.columns.map((c) => c.name + " " + c.about).join(" ")).toLowerCase() })));
  $("metrics").replaceChildren(...names.metrics.map((x) => node("details", "sql-item", [
    node("summary", "", [node("b", "", x.title), node("small", "", x.name)]),
    node("p", "", x.about),
    node("p", "mute", x.sql ? x.dims.join(", ") : say("outside")),
    ...(x.sql ? [node("p", "sql-links", node("button", "", say("insert", { name: "metric(…)" }), { type: "button", onclick: () => editor.insert(`metric('${x.name}'${x.dims.length ? `, by := ['${x.dims[0]}']` : ""}, grain := 'month')`) }))] : []),
  ], { "data-text": (x.name + " " + x.title + " " + x.about).toLowerCase() })));
}

async function history(q = "") {
  const box = $("history");
  try {
    const { list } = await ask("/sql/history?q=" + encodeURIComponent(q));
    box.replaceChildren(list.length ? node("ul", "sql-list", list.map((a) => node("li", "", node("button", "", [
      node("code", "", a.sql.trim().slice(0, 160)),
      node("small", "", [a.at, " · ", a.door, " · ", say("state_" + a.state), a.rows ? " · " + say("rows", { n: number(a.rows) }) : "", " · ", a.took].join("")),
    ], { type: "button", onclick: () => load(a.sql) })))) : node("p", "note", say("no_history")));
  } catch (e) {
    box.replaceChildren(node("p", "note", e.message));
  }
}

async function saved() {
  const box = $("saved");
  try {
    const list = await ask("/sql/saved");
    box.replaceChildren(list.length ? node("ul", "sql-list", list.map((s) => item(s))) : node("p", "note", say("no_saved")));
    const wanted = new URLSearchParams(location.search).get("saved");
    const found = wanted && !editor.text() && list.find((s) => String(s.id) === wanted);
    if (found) take(found);
  } catch (e) {
    box.replaceChildren(node("p", "note", e.message));
  }
}

function take(s, v = s.versions[s.versions.length - 1]) {
  load(v.sql, v.params ?? {}, s);
}

function item(s) {
  const last = s.versions[s.versions.length - 1];
  const about = [s.mine ? "" : say("by", { name: s.owner }), s.mine && s.shared ? say("shared") : "", say("version", { n: last.n }), last.at.slice(0, 10), timedText(s)].filter(Boolean).join(" · ");
  const row = node("li", "", node("button", "", [s.title, node("small", "", about)], { type: "button", onclick: () => take(s) }));
  if (s.versions.length > 1 || s.mine) {
    const more = node("div", "sql-versions", s.versions.slice(0, -1).reverse().map((v) => node("button", "", say("version", { n: v.n }), { type: "button", onclick: () => take(s, v) })));
    if (s.mine) more.append(clock(s, row), node("button", "", say("delete"), { type: "button", "aria-label": say("delete") + " " + s.title, onclick: async () => {
      if (!confirm(say("delete_sure", { name: s.title }))) return;
      await ask("/sql/saved/delete", { saved: s.id }).catch((e) => told({ text: e.message }));
      if (open?.id === s.id) open = null;
      saved();
    } }));
    row.append(more);
  }
  return row;
}

const saving = $("saving");
$("save").addEventListener("click", () => {
  if (!editor.text().trim()) return told({ text: say("nothing") });
  saving.hidden = !saving.hidden;
  const mine = open?.mine ? open : null;
  saving.elements.title.value = open?.title ?? "";
  saving.elements.shared.checked = mine?.shared ?? false;
  $("save-new").hidden = !mine;
  if (!saving.hidden) saving.elements.title.focus();
});
async function keep(id) {
  try {
    const sql = editor.text();
    const s = await ask("/sql/saved", { saved: id, title: saving.elements.title.value, shared: saving.elements.shared.checked, sql, params: Object.fromEntries(params(sql).map((p) => [p.name, values[p.name] ?? ""])) });
    open = { ...s, mine: true };
    saving.hidden = true;
    told(null);
    saved();
  } catch (e) {
    told({ text: e.message });
  }
}
saving.addEventListener("submit", (e) => { e.preventDefault(); keep(open?.mine ? open.id : 0); });
$("save-new").addEventListener("click", () => { if (saving.reportValidity()) keep(0); });

$("export")?.addEventListener("submit", (e) => {
  e.target.elements.sql.value = asked.sql;
  e.target.elements.params.value = JSON.stringify(asked.params);
  e.target.elements.reason.value = asked.reason;
});
$("pin").addEventListener("click", async () => {
  try {
    const { yaml, note } = await ask("/sql/pin", { sql: asked.sql, params: asked.params, kind: $("kind").value });
    $("pinned").hidden = false;
    $("pinned-note").textContent = note;
    $("yaml").textContent = yaml;
    told(null);
  } catch (e) {
    told({ text: e.message });
  }
});

const side = tabs(main.querySelector(".sql-side .sql-tabs"), (name) => { if (name === "history") history(); });
tabs(main.querySelector(".sql-out .sql-tabs"), (name) => { if (name === "chart") draw(grid).catch((e) => told({ text: e.message })); else grid.soon(); });
for (const f of main.querySelectorAll("[data-find]")) {
  f.addEventListener("input", () => {
    const q = f.value.trim().toLowerCase();
    if (f.closest("#side-history")) { clearTimeout(f.wait); f.wait = setTimeout(() => history(q), 300); return; }
    for (const x of f.closest('[role="tabpanel"]').querySelectorAll("[data-text]")) x.hidden = !x.dataset.text.includes(q);
  });
}
for (const b of main.querySelectorAll("[data-example]")) b.addEventListener("click", () => load(b.dataset.example, b.dataset.params ? JSON.parse(b.dataset.params) : {}));
for (const s of ["kind", "x", "y", "by"]) $(s).addEventListener("change", () => draw(grid).catch((e) => told({ text: e.message })));

editor.onchange(() => {
  field();
  later();
  try { sessionStorage.setItem("sql", editor.text()); } catch { /* nothing is kept */ }
});
try { const was = sessionStorage.getItem("sql"); if (was && !new URLSearchParams(location.search).get("saved")) editor.set(was); } catch { /* nothing was kept */ }
field();
saved();
ask("/sql/catalog").then((all) => { names = all; editor.know(all); know(); main.dataset.ready = "1"; }, (e) => told({ text: e.message }));
void side;
