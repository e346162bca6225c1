// An option as the server writes it, made ready for ECharts: functions for the named formatters, colours for the tokens.
import { formatters } from "./format.js";
import { lettered } from "./lines.js";
import { page } from "./page.js";
import { colour } from "./theme.js";

const lists = /^(formatter|valueFormatter)$/;

// resolve copies an option, putting functions for "__fmt:" names and colours for "__c:" tokens.
function resolve(v, key, names) {
  if (Array.isArray(v)) return v.map((x) => resolve(x, key, names));
  if (v && typeof v === "object") {
    const out = {};
    for (const [k, x] of Object.entries(v)) out[k] = resolve(x, k, names);
    return out;
  }
  if (typeof v === "string") {
    if (lists.test(key) && v.startsWith("__fmt:")) {
      const f = formatters[v.slice(6)] || formatters.count;
      return (a) => f(a, names);
    }
    return /color|^fill$/i.test(key) ? colour(v) : v;
  }
  return v;
}

// texts collects what an option's data say beside their names.
function texts(option) {
  const out = {};
  for (const s of [].concat(option.series || [])) {
    if (Array.isArray(s.data)) for (const d of s.data) if (d && d.name && d.text) out[d.name] = d.text;
  }
  return out;
}

// greatest is the greatest value that stands on an axis, by which its unit is chosen; what is stacked is added up.
function greatest(option, dim, index, first) {
  let top = 0;
  const stacks = {};
  for (const s of [].concat(option.series || [])) {
    if ((s[dim + "Index"] || 0) !== index || !Array.isArray(s.data)) continue;
    s.data.forEach((d, i) => {
      let v = d && typeof d === "object" && !Array.isArray(d) ? d.value : d;
      if (Array.isArray(v)) v = v[first ? 0 : v.length - 1];
      v = Number(v) || 0;
      if (s.stack && v > 0) v = stacks[s.stack + "/" + i] = (stacks[s.stack + "/" + i] || 0) + v;
      top = Math.max(top, Math.abs(v));
    });
  }
  return top;
}

// scales gives the labels of an axis of values one unit.
function scales(out, option) {
  for (const dim of ["xAxis", "yAxis"]) {
    [].concat(option[dim] || []).forEach((axis, i) => {
      const name = axis.axisLabel && axis.axisLabel.formatter;
      const kind = axis.type || (dim === "yAxis" ? "value" : "category");
      if (kind !== "value" || (name !== "__fmt:short" && name !== "__fmt:money")) return;
      const other = [].concat(option[dim === "xAxis" ? "yAxis" : "xAxis"] || [])[0];
      const top = greatest(option, dim, i, dim === "xAxis" && other && other.type === "value");
      [].concat(out[dim])[i].axisLabel.formatter = (a) => formatters[name.slice(6)](a, null, top);
    });
  }
}

// resolved is the option to draw.
export function resolved(option) {
  const out = resolve(option, "", texts(option));
  scales(out, option);
  lettered(out);
  for (const g of out.graphic || []) if (g.style) g.style.fontFamily = page.variable("sans");
  return out;
}
