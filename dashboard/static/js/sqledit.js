// The editor of the page of statements: CodeMirror in a shadow root, whose styles are adopted sheets, so that the content
// policy allows no style of anybody else's.
import { say } from "./sqlsay.js";

const cm = window.codemirror;
const host = document.querySelector("[data-editor]");
const language = new cm.Compartment();
let names = null; // what the server says may stand in a statement

const look = cm.EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", fontSize: "14px", borderRadius: "6px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", minHeight: "150px", maxHeight: "46vh" },
  ".cm-content": { caretColor: "var(--ink)", padding: "10px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--mute)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--tint) 45%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--q1) !important" },
  ".cm-placeholder": { color: "var(--mute)" },
  ".cm-matchingBracket": { backgroundColor: "var(--q1) !important", color: "inherit" },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--text)", border: "1px solid var(--line)", borderRadius: "6px", boxShadow: "0 8px 28px rgb(0 0 0 / .14)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "18em" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 10px !important" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--tint) !important", color: "var(--ink) !important" },
  ".cm-completionDetail": { color: "var(--mute)", fontStyle: "normal", marginLeft: "10px", fontFamily: "var(--sans)", fontSize: "12px" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600", color: "var(--accent)" },
  ".cm-completionInfo": { maxWidth: "420px", padding: "8px 12px", whiteSpace: "pre-wrap", fontFamily: "var(--sans)", fontSize: "13px", lineHeight: "1.5" },
  ".cm-completionIcon": { display: "none" },
  ".cm-diagnostic": { padding: "6px 10px", borderLeft: "4px solid var(--bad)", fontFamily: "var(--sans)", whiteSpace: "pre-wrap" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad) 1.5px", textUnderlineOffset: "4px", backgroundColor: "color-mix(in srgb, var(--bad) 14%, transparent)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--text)" },
});
const { tags: t } = cm;
const colours = cm.HighlightStyle.define([
  { tag: t.keyword, color: "var(--accent)", fontWeight: "600" }, { tag: [t.string, t.special(t.string)], color: "var(--good)" },
  { tag: [t.number, t.bool, t.null], color: "var(--warn)" }, { tag: [t.lineComment, t.blockComment], color: "var(--mute)", fontStyle: "italic" },
  { tag: [t.typeName], color: "var(--bad)" }, { tag: [t.standard(t.name), t.special(t.name)], color: "var(--s4)" },
]);

function dialect() {
  const keywords = (names?.keywords ?? "SELECT FROM WHERE GROUP ORDER BY HAVING LIMIT JOIN LEFT INNER ON AS AND OR NOT IN IS NULL DISTINCT UNION ALL WITH CASE WHEN THEN ELSE END".split(" ")).join(" ").toLowerCase();
  const d = cm.SQLDialect.define({
    keywords, types: (names?.types ?? []).join(" ").toLowerCase(), builtin: (names?.functions ?? []).filter((f) => /^\w+$/.test(f.name)).map((f) => f.name.toLowerCase()).join(" "),
    backslashEscapes: true, hashComments: false, doubleDollarQuotedStrings: false, charSetCasts: false, slashComments: false,
  });
  return new cm.LanguageSupport(d.language);
}

// option is one of the completions; detail stands beside it, info opens next to it.
const option = (label, type, detail, info, boost = 0, apply) => ({ label, type, detail, boost, ...(info ? { info } : {}), ...(apply ? { apply } : {}) });
const short = (text, n = 60) => (text && text.length > n ? text.slice(0, n) + "…" : text || "");

function columns(of, boost) {
  return of.columns.map((c) => option(c.name, "property", short(c.about, 40), [of.name + "." + c.name + "  " + c.type, c.about].filter(Boolean).join("\n"), boost));
}

// once leaves one option of each name, with what all of them mean.
function once(list) {
  const by = new Map();
  for (const o of list) {
    const was = by.get(o.label);
    if (!was) by.set(o.label, o);
    else if (was.info.length < 400) was.info += "\n" + o.info.split("\n")[0];
  }
  return [...by.values()];
}

// complete says what may stand where the cursor is.
function complete(at) {
  if (!names) return null;
  const before = at.state.sliceDoc(Math.max(0, at.pos - 4000), at.pos);
  let m = /\bmetric\s*\(\s*'([\w\u3400-\u9fff]*)$/i.exec(before);
  if (m) {
    const list = names.metrics.filter((x) => x.sql).map((x) => option(x.name, "variable", x.title, [x.title + (x.unit ? "（" + x.unit + "）" : ""), x.about, x.dims.length ? "by: " + x.dims.join(", ") : ""].filter(Boolean).join("\n")));
    return found(at, m[1], list);
  }
  m = /\bmetric\s*\(\s*'(\w+)'[^()]*?(?:\bby\s*:?=\s*(?:\[[^\]]*)?|\bwhere\s*:?=\s*(?:\[[^\]]*)?)'(\w*)$/i.exec(before);
  if (m) return found(at, m[2], (names.metrics.find((x) => x.name === m[1])?.dims ?? []).map((d) => option(d, "enum", say("dimension"))));
  m = /\bmetric\s*\([^()]*\bgrain\s*:?=\s*'(\w*)$/i.exec(before);
  if (m) return found(at, m[1], names.grains.map((g) => option(g, "enum", "grain")));
  m = /\bmetric\s*\(\s*'\w+'[^()']*(?:'[^']*'[^()']*)*,\s*(\w*)$/i.exec(before);
  if (m) return found(at, m[1], ["by := ['']", "grain := 'month'", "from := '2026-01-01'", "to := '2026-07-01'", "where := ['']", "window := 'ytd'"].map((x) => option(x, "keyword")));
  if (/'[^'\n]*$/.test(before.slice(before.lastIndexOf("\n") + 1).replace(/'[^'\n]*'/g, ""))) return null; // within a text
  const all = at.state.doc.toString();
  m = /([A-Za-z_]\w*)\.(\w*)$/.exec(before);
  if (m) {
    const alias = new RegExp("\\b(?:from|join)\\s+(?:mart\\.)?(\\w+)\\s+(?:as\\s+)?" + m[1] + "\\b", "i").exec(all);
    const of = names.tables.find((x) => x.name === (alias ? alias[1] : m[1])) ?? names.tables.find((x) => x.name === m[1]);
    if (m[1] === "mart") return found(at, m[2], names.tables.map((x) => option(x.name, "class", short(x.about, 40), x.about)));
    return of ? found(at, m[2], columns(of, 0)) : null;
  }
  const typed = at.matchBefore(/[\w\u3400-\u9fff]+/);
  if (!typed && !at.explicit) return null;
  const word = typed ? typed.text : "";
  if (/^\d/.test(word)) return null;
  const expected = /\b(?:from|join)\s+\w*$/i.test(before);
  const used = names.tables.filter((x) => new RegExp("\\b(?:from|join)\\s+(?:mart\\.)?" + x.name + "\\b", "i").test(all));
  const list = [
    ...names.tables.map((x) => option(x.name, "class", short(x.about, 40), x.about, expected ? 90 : -20)),
    ...once(used.flatMap((x) => columns(x, 60))),
    ...(used.length || expected ? [] : once(names.tables.flatMap((x) => columns(x, 10)))),
    cm.snippetCompletion("metric('${name}', by := ['${dimension}'], grain := 'month')", { label: "metric", type: "function", detail: say("metric"), boost: expected ? 80 : 5 }),
    ...names.keywords.map((k) => option(k.toLowerCase(), "keyword", say("keyword"), "", 20)),
    ...names.functions.map((f) => option(f.name, "function", say(f.sums ? "aggregate" : "function"), [f.syntax, f.about].filter(Boolean).join("\n"), -10, f.name + "(")),
    ...names.types.map((x) => option(x, "type", say("type"), "", -40)),
  ];
  return found(at, word, list);
}

// found are the options for a word; of a Chinese one those whose meaning has it.
function found(at, word, list) {
  if (/[\u3400-\u9fff]/.test(word)) {
    const near = list.filter((o) => (o.detail + " " + (o.info ?? "")).includes(word)).slice(0, 50);
    return near.length ? { from: at.pos - word.length, options: near, filter: false } : null;
  }
  return { from: at.pos - word.length, options: list, validFor: /^\w*$/ };
}

const root = host.attachShadow({ mode: "open" });
let changed = () => {};
let fault = null; // the stretch that is marked, {from, to}

// outdated takes the mark away when what it stands at is written anew.
function outdated(changes) {
  let touched = false;
  changes.iterChangedRanges((from, to) => { touched ||= from <= fault.to && to >= fault.from; });
  fault = touched ? null : { from: changes.mapPos(fault.from), to: changes.mapPos(fault.to) };
  if (touched) queueMicrotask(() => editor.mark(null));
}
const view = new cm.EditorView({
  root, parent: root,
  state: cm.EditorState.create({
    doc: "",
    extensions: [
      cm.lineNumbers(), cm.highlightSpecialChars(), cm.history(), cm.drawSelection(), cm.bracketMatching(), cm.closeBrackets(), cm.highlightActiveLine(), cm.highlightActiveLineGutter(),
      cm.indentOnInput(), cm.autocompletion({ override: [complete], maxRenderedOptions: 60 }), cm.highlightSelectionMatches(),
      language.of(dialect()), look, cm.syntaxHighlighting(colours), cm.lintGutter(), cm.placeholder("select …"),
      cm.EditorView.contentAttributes.of({ "aria-label": say("editor"), "aria-multiline": "true" }),
      cm.EditorView.lineWrapping,
      cm.EditorView.updateListener.of((u) => { if (u.docChanged) { changed(); if (fault) outdated(u.changes); } }),
      cm.keymap.of([
        { key: "Mod-Enter", run: () => { host.dispatchEvent(new CustomEvent("run")); return true; } },
        ...cm.closeBracketsKeymap, ...cm.completionKeymap,
        { key: "Escape", run: () => { document.querySelector("[data-run]").focus(); return true; } },
        ...cm.searchKeymap, ...cm.historyKeymap, ...cm.defaultKeymap,
      ]),
    ],
  }),
});

export const editor = {
  view, host,
  text: () => view.state.doc.toString(),
  // chosen is what is selected, and where it begins; all where nothing is
  chosen() {
    const { from, to } = view.state.selection.main;
    return from === to || !view.state.sliceDoc(from, to).trim() ? { sql: view.state.doc.toString(), at: 0 } : { sql: view.state.sliceDoc(from, to), at: from };
  },
  set(text) {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } });
    editor.mark(null);
  },
  insert(text) {
    view.dispatch(view.state.replaceSelection(text));
    view.focus();
  },
  // mark shows where a fault is
  mark(fault, at = 0) {
    const end = view.state.doc.length;
    const list = fault && (fault.from || fault.to) ? [{ from: Math.min(at + fault.from, end), to: Math.min(Math.max(at + fault.to, at + fault.from + 1), end), severity: "error", message: fault.text }] : [];
    fault = list[0] || null;
    view.dispatch(cm.setDiagnostics(view.state, list));
    if (list.length) view.dispatch({ selection: { anchor: list[0].from }, scrollIntoView: true });
  },
  know(all) {
    names = all;
    view.dispatch({ effects: language.reconfigure(dialect()) });
  },
  onchange(f) { changed = f; },
};
