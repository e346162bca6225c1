// An option as the server writes it, made ready for ECharts: functions for the named formatters, colours for the tokens.
import { formatters } from "./format.js";
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

// resolved is the option to draw.
export function resolved(option) {
  const out = resolve(option, "", texts(option));
  for (const g of out.graphic || []) if (g.style) g.style.fontFamily = page.variable("sans");
  return out;
}
