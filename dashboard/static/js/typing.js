// A table that is typed in: a block copied from a workbook is spread over the cells, arrows and Enter go from cell to cell, rows are
// added where they are needed, and what is typed is kept as a draft a moment after the last key. Without it the form works as it is.
const form = document.querySelector("form[data-typing]");
const body = form.querySelector("tbody");
const most = Number(form.dataset.most);
const state = form.querySelector("[data-state]");
// where another page has changed the draft, nothing is kept until somebody has chosen between the two
const other = document.querySelector("[data-other]");
const over = other.querySelector("button");
const torn = () => !other.hidden;
const ours = { "X-Yanzhen-Typing": "1" };
const rows = () => body.rows.length;
const columns = body.rows[0].cells.length - 1;
const cell = (i, j) => body.rows[i]?.cells[j + 1]?.firstElementChild;
const place = (input) => [input.closest("tr").sectionRowIndex, input.closest("td").cellIndex - 1];

function another() {
  const i = rows();
  if (i >= most) return false;
  const row = body.rows[0].cloneNode(true);
  row.removeAttribute("class");
  row.removeAttribute("title");
  row.cells[0].textContent = i + 1;
  for (let j = 0; j < columns; j++) {
    const input = row.cells[j + 1].firstElementChild;
    input.name = `r${i}c${j}`;
    input.setAttribute("value", "");
    input.value = "";
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, i + 1));
    unmark(input);
  }
  body.append(row);
  return true;
}

function unmark(input) {
  input.removeAttribute("aria-invalid");
  input.removeAttribute("title");
}

// table reads what a workbook puts on the clipboard: cells divided by tabs, in quotes where they hold a line end.
function table(text) {
  const out = [[]];
  let at = 0;
  while (at < text.length) {
    let value = "";
    if (text[at] === '"' && /^"(?:[^"]|"")*"(?=[\t\r\n]|$)/.test(text.slice(at))) {
      const quoted = text.slice(at).match(/^"((?:[^"]|"")*)"/);
      value = quoted[1].replaceAll('""', '"').replace(/\s+/g, " ");
      at += quoted[0].length;
    } else {
      const end = text.slice(at).search(/[\t\r\n]/);
      value = end < 0 ? text.slice(at) : text.slice(at, at + end);
      at += value.length;
    }
    out.at(-1).push(value.trim());
    if (text[at] === "\t") {
      at++;
      if (at === text.length) out.at(-1).push("");
    } else if (at < text.length) {
      at += text.startsWith("\r\n", at) ? 2 : 1;
      if (at < text.length) out.push([]);
    }
  }
  return out;
}

body.addEventListener("paste", (e) => {
  const text = e.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
  if (!/[\t\n]/.test(text)) return; // one value goes where the hand is
  e.preventDefault();
  const [top, left] = place(e.target), lines = table(text);
  if (top + lines.length > most || lines.some((line) => left + line.length > columns && line.slice(columns - left).some(Boolean))) {
    state.textContent = form.dataset.wide;
    return;
  }
  lines.forEach((line, i) => {
    while (top + i >= rows() && another());
    line.slice(0, columns - left).forEach((value, j) => {
      const input = cell(top + i, left + j);
      input.value = value;
      unmark(input);
    });
  });
  changed();
});

body.addEventListener("keydown", (e) => {
  if (e.isComposing || e.keyCode === 229 || e.altKey || e.ctrlKey || e.metaKey) return;
  const [i, j] = place(e.target);
  const down = e.key === "Enter" || e.key === "ArrowDown" && !e.target.list;
  if (e.key === "Enter") e.preventDefault();
  if (down && i + 1 >= rows()) another();
  const next = down ? cell(i + 1, j) : e.key === "ArrowUp" && !e.target.list ? cell(i - 1, j) : null;
  if (next) { e.preventDefault(); next.focus(); next.select(); }
});

// One draft is kept at a time, at most ten seconds after the first key that is not kept yet.
let later = 0, first = 0, turn = 0, under = null, sent = false;
function changed() {
  turn++;
  first ||= Date.now();
  clearTimeout(later);
  state.textContent = form.dataset.unsaved;
  if (torn()) return;
  later = setTimeout(save, Math.max(0, Math.min(2000, first + 10000 - Date.now())));
}
function said() {
  const all = new URLSearchParams(new FormData(form));
  all.set("do", "save");
  return all;
}
// keep sends the form of a draft, and shows what another page has done to it. It says whether it is kept.
async function keep(all, signal) {
  const answer = await fetch(form.action, { method: "POST", body: all, headers: ours, signal });
  const draft = answer.headers.get("X-Yanzhen-Draft");
  if (draft !== null) over.value = draft; // only who chooses writes over what another page has kept
  if (draft !== null && answer.ok) form.elements.seen.value = draft;
  if (answer.status === 409) {
    const whose = answer.headers.get("X-Yanzhen-Sender"), to = other.querySelector("a");
    if (whose) to.href = `${to.pathname}?sender=${whose}`;
    other.querySelector("[data-why]").textContent = await answer.text();
    other.hidden = false;
  }
  return answer.ok;
}
async function save() {
  if (under) { later = setTimeout(save, 500); return; }
  const at = turn;
  first = 0;
  under = new AbortController();
  state.textContent = form.dataset.saving;
  try {
    const kept = await keep(said(), under.signal);
    if (torn()) state.textContent = form.dataset.unsaved;
    else if (at === turn) state.textContent = kept ? form.dataset.saved : form.dataset.failed;
  } catch {
    if (at === turn) state.textContent = form.dataset.failed;
  }
  under = null;
}
form.addEventListener("input", (e) => { unmark(e.target); changed(); });
form.addEventListener("submit", (e) => {
  if (e.submitter?.dataset.clear && !confirm(e.submitter.dataset.clear)) { e.preventDefault(); return; }
  sent = true;
  clearTimeout(later);
  under?.abort();
});
addEventListener("pagehide", () => {
  if (!sent && first && !torn()) fetch(form.action, { method: "POST", body: said(), headers: ours, keepalive: true }).catch(() => {});
});
// another sender has a draft of its own; what stands here is kept for the one before, or nobody leaves
const sender = form.querySelector("[data-sender]");
const whose = sender?.value;
sender?.addEventListener("change", async () => {
  const all = said(), to = new URL(location.href);
  all.set("sender", whose);
  to.searchParams.set("sender", sender.value);
  to.searchParams.delete("from");
  sender.value = whose;
  clearTimeout(later);
  under?.abort();
  if (torn()) return;
  const kept = await keep(all).catch(() => false);
  if (kept) {
    sent = true;
    location.assign(to);
  } else state.textContent = torn() ? form.dataset.unsaved : form.dataset.failed;
});
for (const a of document.querySelectorAll("[data-over]")) {
  a.addEventListener("click", (e) => {
    if ([...body.querySelectorAll("input")].some((i) => i.value) && !confirm(a.dataset.over)) e.preventDefault();
  });
}
