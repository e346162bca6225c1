// What the scripts of the page of statements say and ask.
export const main = document.querySelector("[data-sql]");
const words = JSON.parse(main.dataset.words);

// say fills a text of the catalogue.
export function say(key, args = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => (name in args ? String(args[name]) : all));
}

export const number = (n) => Number(n).toLocaleString("en-US");

// node makes an element: its class, its text or its children, and what else it has.
export function node(tag, cls, inside, more = {}) {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  if (inside !== undefined && inside !== null) e.append(...[].concat(inside));
  for (const [k, v] of Object.entries(more)) {
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else e.setAttribute(k, v);
  }
  return e;
}

// ask fetches JSON; an error has the sentence of the server.
export async function ask(path, body, options = {}) {
  const r = await fetch(path, {
    credentials: "same-origin", headers: { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) },
    ...(body ? { method: "POST", body: JSON.stringify(body) } : {}), ...options,
  });
  const data = await r.json().catch(() => null);
  if (!r.ok || data === null) throw new Error(data?.text || say("failed"));
  return data;
}

// tabs makes the keys of a row of tabs do what they do everywhere.
export function tabs(list, chosen = () => {}) {
  const all = [...list.querySelectorAll('[role="tab"]')];
  const choose = (tab) => {
    for (const t of all) {
      const on = t === tab;
      t.setAttribute("aria-selected", on);
      t.tabIndex = on ? 0 : -1;
      document.getElementById(t.getAttribute("aria-controls")).hidden = !on;
    }
    chosen(tab.id.replace(/^tab-/, ""));
  };
  for (const t of all) t.addEventListener("click", () => choose(t));
  list.addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const at = all.indexOf(document.activeElement);
    if (!step || at < 0) return;
    const next = all[(at + step + all.length) % all.length];
    next.focus();
    choose(next);
    e.preventDefault();
  });
  return (name) => choose(all.find((t) => t.id === "tab-" + name));
}

// params are the {name:Type} of a statement, outside its texts and comments.
export function params(sql) {
  const out = [];
  const re = /'(?:[^'\\]|\\.|'')*'|"[^"]*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\{\s*([A-Za-z_]\w*)\s*:\s*([^{}]+?)\s*\}/g;
  for (let m; (m = re.exec(sql));) if (m[1] && !out.some((p) => p.name === m[1])) out.push({ name: m[1], type: m[2] });
  return out;
}

// wrong says why a value does not fit its type; "" where it does, as far as can be told here.
export function wrong(p, value) {
  const type = p.type.replace(/^(?:Nullable|LowCardinality)\((.*)\)$/, "$1");
  if (value === "" && type !== "String") return say("param_missing", p);
  if (/^U?Int\d+$/.test(type) && !/^[+-]?\d+$/.test(value.trim())) return say("param_whole", p);
  if (/^(?:Float|Decimal)/.test(type) && !(value.trim() !== "" && Number.isFinite(Number(value)))) return say("param_number", p);
  if (/^Date(?:32)?$/.test(type) && !/^\d{4}-\d{2}-\d{2}$/.test(value)) return say("param_day", p);
  return "";
}
