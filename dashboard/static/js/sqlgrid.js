// The grid of a result: as many rows as stand in its window are there, whatever their number; they are fetched as they come
// into sight, and those that were seen last are kept.
import { ask, node, number, say } from "./sqlsay.js";

const height = 28; // px of a row
const tallest = 8_000_000; // px that a browser scrolls exactly
const page = 200; // rows fetched at once
const kept = 40; // pages kept

export const numeric = (type) => /^(?:Nullable\(|LowCardinality\()*(?:U?Int|Float|Decimal|BFloat)/.test(type);

// cell is a value as it is shown.
export function shown(v) {
  if (v === null || v === undefined) return null;
  return typeof v === "object" ? JSON.stringify(v) : String(v);
}

export class Grid {
  constructor(box, chose) {
    this.box = box;
    this.chose = chose;
    box.addEventListener("scroll", () => this.soon(), { passive: true });
    new ResizeObserver(() => this.soon()).observe(box);
  }

  // begin shows a new result, of which no row is there yet.
  begin(id, columns) {
    Object.assign(this, { id, columns, rows: 0, pages: new Map(), wanted: new Set(), picked: -1 });
    this.head = node("tr", "", [node("th", "sql-n", "#", { scope: "col", "aria-label": say("row") }), ...columns.map((c, i) => node("th", numeric(c.type) ? "n" : "", node("button", "", [c.name, node("small", "", c.type)], { type: "button", onclick: () => this.pick(i) }), { scope: "col" }))]);
    this.body = node("tbody");
    this.table = node("table", "", [node("thead", "", this.head), this.body]);
    this.table.setAttribute("aria-colcount", columns.length + 1);
    this.spacer = node("div", "sql-spacer", this.table);
    this.box.replaceChildren(this.spacer);
    this.box.scrollTop = 0;
  }

  pick(i) {
    this.picked = i;
    this.chose(i);
  }

  // grow says how many rows there are.
  grow(rows) {
    if (!this.spacer) return;
    if (rows === this.rows && rows > 0) return;
    const last = Math.floor(this.rows / page);
    if (this.rows % page) this.pages.delete(last); // was fetched short
    this.rows = rows;
    this.table.setAttribute("aria-rowcount", rows + 1);
    this.soon();
  }

  soon() {
    if (this.drawing || !this.spacer) return;
    this.drawing = requestAnimationFrame(() => { this.drawing = 0; this.draw(); });
  }

  draw() {
    const top = this.head.offsetHeight || 40;
    const full = this.rows * height + top;
    const tall = Math.min(full, tallest);
    this.spacer.style.height = tall + "px";
    const view = this.box.clientHeight;
    const visible = Math.max(1, Math.floor((view - top) / height));
    const most = Math.max(0, this.rows - visible);
    const way = tall - view;
    const first = way > 0 ? Math.min(most, Math.round(this.box.scrollTop / way * most)) : 0;
    const lines = [];
    for (let i = first; i < Math.min(first + visible, this.rows); i++) {
      const row = this.row(i);
      const cells = [node("th", "sql-n", number(i + 1), { scope: "row" })];
      for (let k = 0; k < this.columns.length; k++) {
        if (!row) { cells.push(node("td", "sql-later", "…")); continue; }
        const v = shown(row[k]);
        cells.push(v === null ? node("td", "sql-null", say("null")) : node("td", numeric(this.columns[k].type) ? "n" : "", v.length > 300 ? v.slice(0, 300) + "…" : v, v.length > 40 ? { title: v.slice(0, 1000) } : {}));
      }
      const line = node("tr", "", cells);
      line.setAttribute("aria-rowindex", i + 2);
      lines.push(line);
    }
    this.body.replaceChildren(...lines);
    this.first = first;
  }

  // row is a row where it is there; else it is fetched.
  row(i) {
    const n = Math.floor(i / page);
    const rows = this.pages.get(n);
    if (rows) {
      this.pages.delete(n);
      this.pages.set(n, rows); // the one that was seen last is the last
      return rows[i - n * page];
    }
    this.fetch(n);
    return null;
  }

  async fetch(n) {
    if (this.wanted.has(n)) return;
    this.wanted.add(n);
    const id = this.id;
    try {
      const rows = await ask(`/sql/rows/${id}?from=${n * page}&n=${page}`);
      if (id !== this.id) return;
      this.pages.set(n, rows);
      while (this.pages.size > kept) this.pages.delete(this.pages.keys().next().value);
      this.soon();
    } catch (e) {
      if (id === this.id) this.box.dispatchEvent(new CustomEvent("failed", { detail: e.message }));
    } finally {
      if (id === this.id) this.wanted.delete(n);
    }
  }
}
