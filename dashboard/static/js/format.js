// Named formatters. An option from the server holds no function: where it says "__fmt:x" the function x of this table
// is put. Every one takes a plain value (axes, tooltips) or ECharts' parameters of an item (labels),
// and the texts that the option gives for names.
import { digits } from "./digits.js";
import { page } from "./page.js";

const zh = () => page.lang() !== "en";
const none = "—";

function plain(v, least = 0, most = 2) {
  if (v === null || v === undefined || v === "-" || Number.isNaN(Number(v))) return none;
  let [whole, part = ""] = Math.abs(Number(v)).toFixed(most).split(".");
  while (part.length > least && part.endsWith("0")) part = part.slice(0, -1);
  whole = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const text = part ? whole + "." + part : whole;
  return Number(v) < 0 && /[1-9]/.test(text) ? "−" + text : text;
}

// the number of a thing: a bar's value, the last of an array
function value(a) {
  if (a === null || typeof a !== "object") return a;
  if (Array.isArray(a)) return a[a.length - 1];
  return Array.isArray(a.value) ? a.value[a.value.length - 1] : a.value;
}

// the formats of the units: digits.js is written by the server from its own table of them
const units = Object.fromEntries(Object.entries(digits).map(([name, d]) => [name, (a) => {
  const v = plain(value(a), d.least, d.most);
  return v === none ? v : v + d.sign;
}]));

const text = (p) => (p && p.data && p.data.text) || (p && p.name) || "";

export const formatters = {
  ...units,
  // axes: 12,000 is 1.2 万 or 12k. One axis has one unit, that of the greatest value on it
  short: (a, names, top) => {
    const v = Number(value(a)), n = top || Math.abs(v);
    if (!v) return plain(v);
    if (zh()) {
      if (n >= 1e8) return plain(v / 1e8, 0, 2) + " 亿";
      return n >= 1e4 ? plain(v / 1e4, 0, 2) + " 万" : plain(v);
    }
    if (n >= 1e6) return plain(v / 1e6, 0, 2) + "M";
    return n >= 1e4 ? plain(v / 1e3, 0, 1) + "k" : plain(v);
  },
  // axes of 万元: 31,000 is 3.1 亿元 or 310m
  money: (a, names, top) => {
    const v = Number(value(a)), n = top || Math.abs(v);
    if (!v) return plain(v);
    if (zh()) return n >= 1e4 ? plain(v / 1e4, 0, 2) + " 亿元" : plain(v);
    if (n >= 1e5) return plain(v / 1e5, 0, 2) + "bn";
    return n >= 100 ? plain(v / 100, 0, 1) + "m" : plain(v * 10, 0, 1) + "k";
  },
  // periods on an axis: the year stands under the first month or quarter of it
  tick: (v) => {
    // a star marks a period of which only a part is counted
    const star = v.endsWith("*") ? "*" : "";
    const t = star ? v.slice(0, -1) : v;
    const both = /^(\d{4})-01—02$/.exec(t);
    if (both) return (zh() ? "1—2 月" : "1–2") + star + "\n" + both[1];
    const m = /^(\d{4})-(\d\d)$/.exec(t);
    if (m) return Number(m[2]) + (zh() ? " 月" : "") + star + (m[2] === "01" ? "\n" + m[1] : "");
    // in English as everywhere: Q1 2026, Jan 2026
    const e = /^(Q\d|H\d|Jan–Feb|[A-Z][a-z][a-z]) (\d{4})$/.exec(t);
    if (e) return e[1] + star + (/^(Q1|H|Jan)/.test(e[1]) ? "\n" + e[2] : "");
    const q = /^(\d{4})Q(\d)$/.exec(t);
    if (q) return "Q" + q[2] + star + (q[2] === "1" ? "\n" + q[1] : "");
    const x = /^(\d{4})-(\d\d)(上|中|下)旬$/.exec(t);
    if (x) return Number(x[2]) + " 月" + x[3] + "旬" + star + (x[2] === "01" && x[3] === "上" ? "\n" + x[1] : "");
    const part = /^((?:1–10|11–20|from 21) [A-Z][a-z][a-z]) (\d{4})$/.exec(t);
    if (part) return part[1] + star + (part[1] === "1–10 Jan" ? "\n" + part[2] : "");
    const h = /^(\d{4})(上|下)半年$/.exec(t);
    return h ? h[2] + "半年" + star + "\n" + h[1] : v;
  },
  text,
  tip: (p) => (p.data && p.data.tip) || "",
  cell: (p) => {
    const names = p.seriesName ? p.seriesName + "\n" : "";
    return names + p.name.replace(/\n/g, "") + "  " + text(p);
  },
  // a name in a legend, with what the option says beside it
  name: (n, names) => names[n] || n,
  flow: (p, names) => {
    if (p.dataType === "edge") return (names[p.data.source] || "") + " → " + (names[p.data.target] || "") + "  " + plain(p.value);
    return text(p) + "  " + plain(p.value);
  },
  place: (p) => (p.data ? text(p) : p.name) + "  " + plain(p.value),
};
