// A figure of a board. The server has put a picture, a table or a sentence there; once the reader's hand comes near, the
// picture becomes a chart that answers to it.
import { Chart, outline } from "./chart.js";

const main = document.querySelector("main[data-board]");
const narrow = () => innerWidth <= 600;

async function get(url, accept) {
  const r = await fetch(url, { headers: { Accept: accept }, credentials: "same-origin" });
  if (r.ok) return r;
  let text = main.dataset.failed;
  try { text = (await r.json()).detail || text; } catch { /* not JSON: the general sentence will do */ }
  throw new Error(text);
}

// library fetches the chart library once, when the first chart is asked for.
let fetching;
function library() {
  fetching ??= new Promise((done, fail) => {
    const s = document.createElement("script");
    s.src = document.body.dataset.static + "vendor/echarts.min.js";
    s.onload = done;
    s.onerror = () => { fetching = null; s.remove(); fail(new Error(main.dataset.failed)); };
    document.head.append(s);
  });
  return fetching;
}

export class Panel {
  constructor(el) {
    this.el = el;
    this.plot = el.querySelector("[data-plot]");
    this.table = el.querySelector("[data-table]");
    el.querySelector('[data-tool="table"]')?.addEventListener("click", (e) => this.toggle(e));
    el.querySelector('[data-tool="png"]')?.addEventListener("click", (e) => this.image(e));
    for (const a of el.querySelectorAll("[data-map]")) a.addEventListener("click", (e) => this.choose(e));
  }

  // waits says that a picture stands here which may become a chart.
  get waits() { return this.el.dataset.state === "picture"; }

  find(name) { return this.el.querySelector(`[data-${name}]`); }

  say(name, text) {
    const n = this.find(name);
    n.textContent = text || "";
    if (n.hasAttribute("hidden") || !text) n.hidden = !text;
  }

  sentence(text) {
    if (this.chart) this.chart.close();
    this.chart = null;
    const p = document.createElement("p");
    p.className = "sentence";
    p.textContent = text;
    this.plot.replaceChildren(p);
    this.el.dataset.state = "empty";
    this.el.querySelector('[data-tool="png"]').hidden = true;
  }

  // load makes the picture a chart. Where that fails the picture stays.
  async load() {
    this.compact = narrow();
    this.el.dataset.state = "loading";
    try {
      const [r] = await Promise.all([get(this.el.dataset.api + (this.compact ? "&compact=1" : ""), "application/json"), library()]);
      const a = await r.json();
      this.data = a;
      this.find("title").textContent = a.finding || a.title;
      this.say("sub", [a.finding && a.title, a.period, a.scale || a.unit].filter(Boolean).join(" · "));
      this.say("date", a.dated ? main.dataset.date + " " + a.dated : "");
      this.say("note", [a.note, a.since].filter(Boolean).join(" · "));
      this.say("caption", a.caption);
      if (a.sentence) return this.sentence(a.sentence);
      if (a.map) await outline(a.map);
      this.draw();
    } catch (e) {
      this.el.dataset.state = this.chart ? "drawn" : "picture";
      throw e;
    }
  }

  // fit gives the chart the size of the picture that it stands for, enlarged as that is on a large screen.
  fit() {
    const height = this.data.height || 300, drawn = this.plot.querySelector("picture img")?.naturalWidth;
    const by = innerWidth >= 1760 && drawn ? this.plot.clientWidth / drawn : 1;
    Object.assign(this.live.style, { height: height + "px", width: by === 1 ? "" : drawn + "px", transform: by === 1 ? "" : `scale(${by})`, marginBottom: by === 1 ? "" : height * (by - 1) + "px" });
  }

  // draw puts the chart over the picture, which stays in the page for paper. Nothing moves.
  draw() {
    const a = this.data;
    if (this.chart) this.chart.close();
    this.live ??= Object.assign(document.createElement("div"), { className: "live" });
    this.fit();
    if (!this.watch) (this.watch = new ResizeObserver(() => this.chart && this.fit())).observe(this.plot);
    this.live.setAttribute("role", "img");
    this.live.setAttribute("aria-label", a.summary || a.title);
    if (this.live.parentNode !== this.plot) this.plot.append(this.live);
    this.plot.classList.add("is-live");
    this.chart = new Chart(this.live, a.option, { onClick: a.drill && ((p) => this.drill(p)) });
    if (a.drill) this.el.dataset.drills = "1";
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
    location.assign(location.pathname + "?" + q + "#" + this.el.id); // and back to this place
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
    for (const x of this.plot.querySelectorAll("picture [srcset], picture [src]")) {
      const of = x.hasAttribute("src") ? "src" : "srcset";
      x.setAttribute(of, set(x.getAttribute(of)).toString());
    }
    // a table that is open tells of the other map
    const open = this.el.querySelector('[data-tool="table"][aria-pressed="true"]');
    delete this.table.dataset.loaded;
    this.load().then(() => open && (open.setAttribute("aria-pressed", "false"), open.click()));
  }

  // renew takes what stands in the same place of a fresh page. A woken chart and an open table are fetched anew.
  renew(now, picture) {
    const el = this.el, open = el.querySelector('[data-tool="table"][aria-pressed="true"]'), chart = this.chart;
    el.dataset.api = now.dataset.api;
    el.setAttribute("aria-label", now.getAttribute("aria-label"));
    for (const part of ["title", "sub", "date", "note", "caption"]) {
      const to = this.find(part), from = now.querySelector(`[data-${part}]`);
      if (chart && part !== "date") continue; // says what the chart says, which comes
      to.innerHTML = from.innerHTML;
      to.hidden = from.hidden;
    }
    const late = el.querySelector("footer > span:not([class])"), is = now.querySelector("footer > span:not([class])");
    if (late && is) late.replaceWith(document.importNode(is, true));
    const fresh = document.importNode(now.querySelector("[data-plot]"), true);
    if (picture) fresh.querySelector("picture").replaceWith(picture);
    this.plot.replaceChildren(...fresh.childNodes, ...(chart ? [this.live] : []));
    if (chart) {
      this.load().catch(() => this.still(now));
    } else {
      this.still(now);
    }
    const to = this.table, rows = now.querySelector("[data-table]");
    if (rows.innerHTML.trim()) {
      const { scrollTop, scrollLeft } = to;
      to.innerHTML = rows.innerHTML;
      Object.assign(to, { scrollTop, scrollLeft });
    } else if (open) {
      get(open.href, "text/html").then((r) => r.text()).then((text) => { to.innerHTML = text; }).catch((e) => { to.textContent = e.message; });
    } else {
      delete to.dataset.loaded;
    }
  }

  // still leaves the picture, the table or the sentence that a fresh page has in place of a chart.
  still(now) {
    this.close();
    this.el.dataset.state = now.dataset.state;
  }

  close() {
    if (this.chart) this.chart.close();
    this.chart = null;
    if (this.live) this.live.remove();
    this.plot.classList.remove("is-live");
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
    if (!this.chart) await this.load();
    const a = document.createElement("a");
    const { title, finding, period } = this.data;
    const foot = [finding && title, this.find("date").textContent, this.data.caption, main.dataset.mark].filter(Boolean).join("  ·  ");
    a.href = await this.chart.png((finding || title) + (period ? "  " + period : ""), foot);
    a.download = title + ".png";
    a.click();
  }
}
