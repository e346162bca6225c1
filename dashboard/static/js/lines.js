// Names broken into lines by widths that are the same in every browser and in the program: at spaces, behind hyphens and
// slashes and between Chinese characters, never within a word. Letters get smaller before a name is cut, and one that is cut
// says so by "…".
const widths = {};
for (const [w, letters] of [[0.28, "ijl.,:;'|!()[] "], [0.38, "frt-/·"], [0.5, "acesvxyzkJ?"], [0.58, "bdghnopquFLETSBPRKXYZ0123456789"], [0.7, "ACDGHNOQUV%"], [0.88, "mwMW"]]) for (const c of letters) widths[c] = w;

// width is about how many pixels a text takes on one line.
export function width(text, size) {
  let n = 0;
  for (const c of text) n += widths[c] || (c < "⺀" ? 0.6 : 1);
  return n * size;
}

const wide = (c) => c >= "⺀", closing = "）】》、，。：；！？”’", opening = "（【《“‘";

// pieces are the parts of a text between which a line may end.
function pieces(text) {
  const out = [];
  let at = "";
  const chars = [...text];
  chars.forEach((c, i) => {
    at += c;
    const next = chars[i + 1];
    if (next === undefined) return;
    const between = (wide(c) || wide(next)) && !closing.includes(next) && !opening.includes(c) && next !== " ";
    if (c === " " || (/[-/]/.test(c) && /[^0-9 ]/.test(next)) || between) { out.push(at); at = ""; }
  });
  return at ? [...out, at] : out;
}

// cut is as much of a line as stands in a room with "…" behind it.
function cut(line, room, size) {
  let chars = [...line.trimEnd()];
  while (chars.length > 1 && width(chars.join("") + "…", size) > room) chars.pop();
  return chars.join("").trimEnd() + "…";
}

// broken is a text in lines of a room, most of them at the most, and whether all of it is there.
export function broken(text, room, size, most = Infinity) {
  let whole = true;
  const lines = [];
  for (const part of text.split("\n")) {
    let line = [];
    const own = [line];
    for (const piece of pieces(part)) {
      if (line.length && width([...line, piece].join("").trimEnd(), size) > room) own.push(line = []);
      line.push(piece);
    }
    // a lone character of a Chinese name takes another with it: 25—29 周岁
    const before = own[own.length - 2];
    if (before && before.length > 1 && before.join("").length > 3 && line.length === 1 && [...line[0]].length === 1) line.unshift(before.pop());
    lines.push(...own.map((l) => l.join("")));
  }
  if (lines.length > most) {
    whole = false;
    lines.splice(most - 1, lines.length, lines.slice(most - 1).join(""));
  }
  return {
    whole: whole && lines.every((l) => width(l.trimEnd(), size) <= room),
    text: lines.map((l) => (width(l.trimEnd(), size) > room ? cut(l, room, size) : l.trimEnd())).join("\n"),
  };
}

// fitted are the texts in lines of a room at the greatest size at which all of them stand whole, from a size down to 9.
export function fitted(texts, room, size, most) {
  for (let s = size; ; s--) {
    const lines = texts.map((t) => broken(t, room, s, most));
    if (s <= 9 || lines.every((l) => l.whole)) return { size: Math.min(s, size), lines: lines.map((l) => l.text) };
  }
}

// lettered puts the names of an option in lines where it gives them a room: overflow "break" and a width, and where they may take
// no more than some lines, their height.
export function lettered(out) {
  const most = (l, size) => (l.height ? Math.max(1, Math.floor(l.height / (l.lineHeight || size + 2))) : Infinity);
  for (const [dim, axes] of [["x", out.xAxis], ["y", out.yAxis]]) for (const axis of [].concat(axes || [])) {
    const l = axis.axisLabel;
    if (!l || l.formatter || !Array.isArray(axis.data)) continue;
    const names = axis.data.map((d) => String(d && d.value !== undefined ? d.value : d));
    let size = l.fontSize || 12, lines = names;
    if (l.overflow === "break" && l.width) {
      const f = fitted(names, l.width, size, most(l, size));
      const by = new Map(names.map((n, i) => [n, f.lines[i]]));
      l.formatter = (name) => by.get(name) ?? name;
      l.lineHeight = Math.min(l.lineHeight || Infinity, f.size + 3);
      l.fontSize = f.size;
      delete l.overflow; delete l.width; delete l.height;
      ({ size, lines } = f);
    }
    // the library takes letters for narrower than they are where it has no page to measure them on
    if (dim === "y") l.width = Math.ceil(Math.max(0, ...lines.flatMap((t) => t.split("\n")).map((t) => width(t, size)))) + 2;
  }
  for (const s of [].concat(out.series || [])) {
    if (!Array.isArray(s.data)) continue;
    const rooms = new Map();
    for (const d of s.data) {
      const l = d && typeof d === "object" ? { ...s.label, ...d.label } : {};
      if (l.overflow !== "break" || !l.width || !d.text) continue;
      const size = l.fontSize || 12, key = [l.width, size, l.height].join();
      if (!rooms.has(key)) rooms.set(key, { l, size, data: [] });
      rooms.get(key).data.push(d);
    }
    for (const { l, size, data } of rooms.values()) {
      const f = fitted(data.map((d) => d.text), l.width, size, most(l, size));
      data.forEach((d, i) => {
        d.label = { ...d.label, fontSize: f.size, lineHeight: Math.min(l.lineHeight || Infinity, f.size + 3), formatter: () => f.lines[i] };
        for (const k of ["overflow", "lineOverflow", "width", "height"]) delete d.label[k];
      });
    }
    if (rooms.size && s.label) for (const k of ["overflow", "lineOverflow", "width", "height"]) delete s.label[k];
  }
}
