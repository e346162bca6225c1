// A figure of a board: fetches its data, shows the chart or a plain sentence, and offers table, image and definition.
import { Chart, outline } from "./chart.js";

const main = document.querySelector("main[data-board]");
const narrow = () => innerWidth <= 600;

async function get(url, accept) {
  const r = await fetch(url, { headers: { Accept: accept }, credentials: "same-origin" });
  if (r.ok) return r;
  let text = main.dataset.failed;
  try { text = (await r.json()).error || text; } catch { /* not JSON: the general sentence will do */ }
  throw new Error(text);
}

export class Panel {
  constructor(el) {
    this.el = el;
    this.plot = el.querySelector("[data-plot]");
    this.table = el.querySelector("[data-table]");
    el.querySelector('[data-tool="table"]').addEventListener("click", (e) => this.toggle(e));
    el.querySelector('[data-tool="png"]').addEventListener("click", (e) => this.image(e));
    for (const a of el.querySelectorAll("[data-map]")) a.addEventListener("click", (e) => this.choose(e));
  }

  find(name) { return this.el.querySelector(`[data-${name}]`); }

  say(name, text) {
    const n = this.find(name);
    n.textContent = text || "";
    if (n.hasAttribute("hidden") || !text) n.hidden = !text;
  }

  sentence(text, retry) {
    if (this.chart) this.chart.close();
    this.chart = null;
    const p = document.createElement("p");
    p.className = "sentence";
    p.textContent = text;
    if (retry) {
      const b = document.createElement("button");
      b.className = "retry";
      b.type = "button";
      b.textContent = main.dataset.retry;
      b.addEventListener("click", () => this.load());
      p.append(" ", b);
    }
    this.plot.style.height = "";
    this.plot.removeAttribute("role"); // a sentence is read as it stands
    this.plot.replaceChildren(p);
    this.el.dataset.state = retry ? "failed" : "empty";
    this.el.querySelector('[data-tool="png"]').hidden = true;
  }

  async load() {
    this.compact = narrow();
    try {
      const r = await get(this.el.dataset.api + (this.compact ? "&compact=1" : ""), "application/json");
      const a = await r.json();
      this.data = a;
      this.find("title").textContent = a.title;
      this.say("sub", [a.period, a.unit].filter(Boolean).join(" · "));
      this.say("date", a.data_date ? main.dataset.date + " " + a.data_date : "");
      this.say("note", [a.note, a.since].filter(Boolean).join(" · "));
      this.say("caption", a.caption);
      if (a.sentence) return this.sentence(a.sentence);
      if (a.table) {
        this.table.innerHTML = a.table;
        this.table.hidden = false;
        this.plot.hidden = true;
        for (const t of this.el.querySelectorAll("[data-tool]")) t.hidden = true;
        this.el.dataset.state = "drawn";
        return;
      }
      if (!window.echarts) return this.sentence(main.dataset.novendor);
      if (a.map) await outline(a.map);
      this.draw();
    } catch (e) {
      this.sentence(e.message && !/fetch/i.test(e.message) ? e.message : main.dataset.failed, true);
    }
  }

  draw() {
    const a = this.data;
    if (this.chart) this.chart.close();
    this.plot.replaceChildren();
    this.plot.style.height = (a.height || 300) + "px";
    this.plot.setAttribute("role", "img");
    this.plot.setAttribute("aria-label", a.summary || a.title);
    this.chart = new Chart(this.plot, a.option, { onClick: a.drill && ((p) => this.drill(p)) });
    if (a.drill) this.el.dataset.drills = "1";
    this.el.querySelector('[data-tool="png"]').hidden = false;
    this.el.dataset.state = "drawn";
  }

  // a click on a name narrows the page to it
  drill(p) {
    const d = this.data.drill || {};
    const ref = d[p.data && p.data.name] || d[p.name] || d[p.seriesName];
    if (!ref) return;
    const q = new URLSearchParams(location.search);
    if (ref.dim === "period") {
      q.set("from", ref.from);
      q.set("to", ref.to);
      q.delete("grain");
    } else {
      q.set(ref.dim, ref.key);
    }
    location.search = q.toString();
  }

  // another map of the same figure: the page stays where it is, its address follows
  choose(e) {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    const link = e.currentTarget, map = new URL(link.href).searchParams.get("map");
    const set = (url) => {
      const u = new URL(url, location.href);
      if (map) u.searchParams.set("map", map); else u.searchParams.delete("map");
      return u;
    };
    const page = set(location.href);
    page.hash = "";
    history.replaceState(null, "", page);
    const api = set(this.el.dataset.api);
    this.el.dataset.api = api.pathname + "?" + api.searchParams;
    for (const a of this.el.querySelectorAll("[data-map]")) a === link ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current");
    for (const a of this.el.querySelectorAll(".panel-tools a[href*='/api/']")) a.href = set(a.href);
    // a filter chosen next keeps the map
    for (const a of document.querySelectorAll("a[href]:not([data-map])")) if (a.pathname === location.pathname && a.getAttribute("href")[0] !== "#") a.href = set(a.href);
    const form = document.querySelector("[data-filter-form]");
    if (form) {
      form.querySelector("[name=map]")?.remove();
      if (map) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "map", value: map }));
    }
    // a table that is open tells of the other map
    const open = this.el.querySelector('[data-tool="table"][aria-pressed="true"]');
    delete this.table.dataset.loaded;
    this.load().then(() => open && (open.setAttribute("aria-pressed", "false"), open.click()));
  }

  async toggle(e) {
    e.preventDefault();
    const t = e.currentTarget;
    const on = t.getAttribute("aria-pressed") !== "true";
    if (on && !this.table.dataset.loaded) {
      try {
        this.table.innerHTML = await (await get(t.href, "text/html")).text();
        this.table.dataset.loaded = "1";
      } catch (err) {
        this.table.textContent = err.message;
      }
    }
    t.setAttribute("aria-pressed", String(on));
    t.textContent = on ? t.dataset.on : t.dataset.off;
    this.table.hidden = !on;
    this.plot.hidden = on;
    if (!on && this.chart) this.chart.chart.resize();
  }

  async image(e) {
    e.preventDefault();
    if (!this.chart) return;
    const a = document.createElement("a");
    const foot = [this.find("date").textContent, this.data.caption, main.dataset.mark].filter(Boolean).join("  ·  ");
    a.href = await this.chart.png(this.data.title + (this.data.period ? "  " + this.data.period : ""), foot);
    a.download = this.data.title + ".png";
    a.click();
  }
}

export async function spark(el) {
  try {
    const a = await (await get(el.dataset.spark, "application/json")).json();
    if (a.option && window.echarts) new Chart(el, a.option);
    else el.remove();
  } catch { el.remove(); }
}
