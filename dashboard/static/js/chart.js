// One chart: option JSON in, canvas out. It follows the size of its box and the theme, and tells its owner which name was
// clicked.
import { resolved } from "./option.js";
import { page } from "./page.js";
import { colour, theme } from "./theme.js";

const maps = {};

// outline fetches the shapes of a map once.
export function outline({ file, as }) {
  maps[file] ??= fetch(document.body.dataset.static + file).then(async (r) => {
    if (!r.ok) throw new Error("map " + file + ": " + r.status);
    window.echarts.registerMap(as, await r.json());
  }).catch((e) => { delete maps[file]; throw e; });
  return maps[file];
}

const live = new Set();
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Chart {
  constructor(box, option, { onClick } = {}) {
    this.box = box;
    this.option = option;
    this.onClick = onClick;
    this.draw();
    live.add(this);
    // a hidden box has no size to draw for
    this.watch = new ResizeObserver(() => this.chart && box.offsetWidth && this.chart.resize());
    this.watch.observe(box);
  }

  draw() {
    if (this.chart) this.chart.dispose();
    this.chart = window.echarts.init(this.box, theme(), { renderer: "canvas", locale: page.lang() === "en" ? "EN" : "ZH" });
    const option = resolved(this.option);
    option.animation = !still.matches && !navigator.webdriver && innerWidth > 600;
    option.animationDuration = 400;
    // a hand only where a click leads somewhere
    if (!this.onClick) for (const x of [].concat(option.series)) x.cursor = "default";
    this.chart.setOption(option);
    if (this.onClick) this.listen(option);
    this.box.dataset.drawn = "1";
  }

  // listen tells which name was clicked: on a mark, or beside it where names stand along one axis.
  listen(option) {
    const axes = ["xAxis", "yAxis"].map((a) => [].concat(option[a] || [])[0]), along = axes.findIndex((a) => a?.type === "category");
    let hit = false;
    this.chart.on("click", (p) => { hit = true; this.onClick(p); });
    if (along < 0 || axes.every((a) => a?.type === "category")) return;
    this.chart.getZr().on("click", (e) => {
      const at = [e.offsetX, e.offsetY];
      if (!hit && this.chart.containPixel("grid", at)) {
        const name = axes[along].data[this.chart.convertFromPixel("grid", at)[along]];
        if (name !== undefined) this.onClick({ name: name.value ?? name });
      }
      hit = false;
    });
  }

  png(title, mark) {
    const scale = 2, head = 52, foot = 30;
    const art = new Image();
    const c = (t) => colour("__c:" + t);
    return new Promise((done) => {
      art.onload = () => {
        const canvas = document.createElement("canvas");
        canvas.width = art.width + 48 * scale;
        canvas.height = art.height + (head + foot) * scale;
        const g = canvas.getContext("2d");
        g.fillStyle = c("card");
        g.fillRect(0, 0, canvas.width, canvas.height);
        g.drawImage(art, 24 * scale, head * scale);
        const font = getComputedStyle(document.body).fontFamily;
        g.fillStyle = c("ink");
        g.font = `600 ${17 * scale}px ${font}`;
        g.fillText(title, 24 * scale, 34 * scale);
        g.fillStyle = c("mute");
        g.font = `${12 * scale}px ${font}`;
        g.fillText(mark, 24 * scale, canvas.height - 12 * scale);
        done(canvas.toDataURL("image/png"));
      };
      art.src = this.chart.getDataURL({ pixelRatio: scale, backgroundColor: c("card") });
    });
  }

  close() {
    this.watch.disconnect();
    live.delete(this);
    if (this.chart) this.chart.dispose();
    this.chart = null;
  }
}

function redraw() { for (const c of live) if (c.box.isConnected && c.box.offsetParent !== null) c.draw(); }
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
