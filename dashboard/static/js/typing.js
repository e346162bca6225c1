// A table that is typed in: a block copied from a workbook is spread over the cells, arrows and Enter go from cell to cell, rows are
// added where they are needed, and what is typed is kept as a draft a moment after the last key. Without it the form works as it is.
const form = document.querySelector("form[data-typing]");
const body = form.querySelector("tbody");
const most = Number(form.dataset.most);
const state = form.querySelector("[data-state]");
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
  const text = e.clipboardData.getData("text/plain");
  if (!/[\t\n]/.test(text.trim())) return; // one value goes where the hand is
  e.preventDefault();
  const [top, left] = place(e.target);
  table(text).forEach((line, i) => {
    while (top + i >= rows() && another());
    line.forEach((value, j) => {
      const input = cell(top + i, left + j);
      if (input) { input.value = value; unmark(input); }
    });
  });
  changed();
});

body.addEventListener("keydown", (e) => {
  if (e.isComposing || e.altKey || e.ctrlKey || e.metaKey) return;
  const [i, j] = place(e.target);
  const down = e.key === "Enter" || e.key === "ArrowDown" && !e.target.list;
  if (e.key === "Enter") e.preventDefault();
  if (down && i + 1 >= rows()) another();
  const next = down ? cell(i + 1, j) : e.key === "ArrowUp" && !e.target.list ? cell(i - 1, j) : null;
  if (next) { e.preventDefault(); next.focus(); next.select(); }
});

let later = 0;
function changed() {
  clearTimeout(later);
  state.textContent = form.dataset.unsaved;
  later = setTimeout(save, 2000);
}
async function save() {
  state.textContent = form.dataset.saving;
  const said = new URLSearchParams(new FormData(form));
  said.set("do", "save");
  try {
    const answer = await fetch(form.action, { method: "POST", body: said });
    state.textContent = answer.ok ? form.dataset.saved : form.dataset.unsaved;
  } catch {
    state.textContent = form.dataset.unsaved;
  }
}
form.addEventListener("input", (e) => { unmark(e.target); changed(); });
form.addEventListener("submit", (e) => {
  clearTimeout(later);
  if (e.submitter?.dataset.clear && !confirm(e.submitter.dataset.clear)) e.preventDefault();
});
