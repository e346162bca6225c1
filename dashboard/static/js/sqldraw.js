// The quick chart of a result: a line or bars, drawn of its first rows.
import { main, ask, say, number } from "./sqlsay.js";
import { theme } from "./theme.js";
import { numeric } from "./sqlgrid.js";

const most = 2000; // rows that are drawn
const series = 20; // of them so many series
const $ = (name) => main.querySelector(`[data-${name}]`);

let fetching;
function library() {
  fetching ??= new Promise((done, fail) => {
    const s = document.createElement("script");
    s.src = document.body.dataset.static + "vendor/echarts.min.js";
    s.onload = done;
    s.onerror = () => { fetching = null; s.remove(); fail(new Error(say("failed"))); };
    document.head.append(s);
  });
  return fetching;
}

// offer puts the columns of a result into the choices.
export function offer(columns) {
  const fill = (name, list, chosen, none) => {
    const box = $(name);
    box.replaceChildren(...(none ? [new Option(say("none"), "-1")] : []), ...list.map((i) => new Option(columns[i].name, i)));
    box.value = String(chosen ?? -1);
  };
  const all = columns.map((_, i) => i);
  const values = all.filter((i) => numeric(columns[i].type));
  const y = values.find((i) => i > 0) ?? values[0] ?? 0;
  const x = all.find((i) => /Date/.test(columns[i].type)) ?? all.find((i) => i !== y) ?? 0;
  const by = all.find((i) => i !== x && i !== y && !numeric(columns[i].type));
  fill("x", all, x);
  fill("y", values.length ? values : all, y);
  fill("by", all, by, true);
  $("kind").value = /Date/.test(columns[x].type) ? "line" : "bar";
  $("pinned").hidden = true;
}

let chart;
// draw draws the first rows of what the grid shows.
export async function draw(grid) {
  if (!grid.id || !grid.rows) return;
  await library();
  const rows = [];
  for (let from = 0; from < Math.min(grid.rows, most); from += 1000) rows.push(...await ask(`/sql/rows/${grid.id}?from=${from}&n=1000`));
  const [x, y, by] = ["x", "y", "by"].map((n) => Number($(n).value));
  const kind = $("kind").value;
  const across = [...new Set(rows.map((r) => String(r[x] ?? say("null"))))];
  const each = by < 0 ? [""] : [...new Set(rows.map((r) => String(r[by] ?? say("null"))))].slice(0, series);
  const list = each.map((name) => {
    const of = new Map(rows.filter((r) => by < 0 || String(r[by] ?? say("null")) === name).map((r) => [String(r[x] ?? say("null")), r[y] === null ? null : Number(r[y])]));
    return { type: kind, name: name || grid.columns[y].name, data: across.map((k) => of.get(k) ?? null), connectNulls: false, showSymbol: across.length < 60, barMaxWidth: 36 };
  });
  chart?.dispose();
  chart = window.echarts.init($("chart"), theme(), { renderer: "canvas" });
  chart.setOption({
    animation: false, grid: { left: 64, right: 24, top: each.length > 1 ? 48 : 24, bottom: 40 }, tooltip: { trigger: "axis", confine: true }, legend: each.length > 1 ? { type: "scroll", top: 4 } : undefined,
    xAxis: { type: "category", data: across }, yAxis: { type: "value", axisLabel: { formatter: (v) => number(v) } }, series: list,
  });
  const told = [grid.columns[y].name + " / " + grid.columns[x].name];
  if (grid.rows > most) told.push(say("points", { n: number(most) }));
  $("chart-note").textContent = told.join(" · ");
  $("chart").setAttribute("aria-label", told[0]);
}
addEventListener("resize", () => chart?.resize());
