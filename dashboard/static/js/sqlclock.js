// A saved statement on the clock: when it writes a file or gives an alert, and what came of it.
import { ask, main, node, number, say } from "./sqlsay.js";

const usual = [["0 7 * * *", "timed_morning"], ["0 7 * * 1", "timed_monday"], ["0 7 1 * *", "timed_month"], ["@hourly", "timed_hour"]];

// timedText says in a few words what the clock does with a statement.
export function timedText(s) {
  if (!s.timed) return "";
  const last = s.timed.past[0];
  return [say("timed_" + s.timed.kind), s.timed.paused ? say("timed_paused") : "", last && last.state !== "done" ? say("past_" + last.state) : ""].filter(Boolean).join(" ");
}

// clock is the button that opens the form below the row of a statement.
export function clock(s, row) {
  const button = node("button", "", say("timed"), { type: "button", "aria-expanded": "false", "aria-label": say("timed") + " " + s.title });
  let box = null;
  button.addEventListener("click", () => {
    if (box) {
      box.remove();
      box = null;
    } else {
      box = form(s, (next) => { s.timed = next; });
      row.append(box);
      box.querySelector("select").focus();
    }
    button.setAttribute("aria-expanded", Boolean(box));
  });
  return button;
}

function form(s, changed) {
  const box = node("form", "sql-clock");
  const show = () => box.replaceChildren(...inside());
  const told = node("p", "message", "", { role: "alert", hidden: "" });
  const send = async (path, body, then) => {
    told.hidden = true;
    try {
      then(await ask(path, { saved: s.id, ...body }));
    } catch (e) {
      told.textContent = e.message;
      told.hidden = false;
    }
  };
  const set = (body) => send("/sql/timed", body, (r) => {
    s.timed = r.timed ?? undefined;
    changed(s.timed);
    show();
  });
  const inside = () => {
    const t = s.timed ?? { kind: "export", schedule: usual[0][0], format: "csv", keep: 12, past: [] };
    const kind = node("select", "", ["export", "alert"].map((k) => option(k, say("timed_" + k), t.kind)), { name: "kind" });
    const known = usual.some(([spec]) => spec === t.schedule);
    const when = node("select", "", [...usual.map(([spec, key]) => option(spec, say(key), t.schedule)), option("", say("timed_own"), known ? t.schedule : "")], { name: "when" });
    const own = node("input", "", null, { name: "schedule", maxlength: "100", autocomplete: "off", spellcheck: "false", "aria-label": say("timed_when") });
    own.value = t.schedule;
    const formats = [...(main.querySelector('[data-export] [name="format"]')?.options ?? [])].map((o) => option(o.value, o.textContent, t.format || "csv"));
    const format = node("select", "", formats, { name: "format" });
    const keep = node("input", "", null, { name: "keep", type: "number", min: "1", max: "100" });
    keep.value = t.keep || 12;
    const label = (key, field) => node("label", "field", [node("span", "", say(key)), field]);
    const files = [label("timed_format", format), label("timed_keep", keep)];
    const see = () => {
      own.hidden = when.value !== "";
      for (const f of files) f.hidden = kind.value !== "export";
    };
    kind.onchange = see;
    when.onchange = () => {
      if (when.value) own.value = when.value;
      see();
      if (!when.value) own.focus();
    };
    see();
    const wanted = (paused) => ({ kind: kind.value, schedule: own.value, format: kind.value === "export" ? format.value : "", keep: Number(keep.value) || 0, paused });
    box.onsubmit = (e) => { e.preventDefault(); set(wanted(t.paused ?? false)); };
    const quiet = (key, onclick) => node("button", "sql-quiet", say(key), { type: "button", onclick });
    const acts = [node("button", "btn", say("save_clock"))];
    if (s.timed) {
      acts.push(quiet(t.paused ? "timed_resume" : "timed_pause", () => set(wanted(!t.paused))));
      acts.push(quiet("timed_now", () => send("/sql/timed/run", {}, () => { told.textContent = say("timed_asked"); told.hidden = false; wait(); })));
      acts.push(quiet("timed_off", () => set({ kind: "off" })));
    }
    return [
      label("timed_what", kind), label("timed_when", when), own, ...files, node("p", "sql-acts", acts), told,
      ...(s.timed ? [node("p", "mute", t.paused ? say("timed_paused") : say("timed_next", { at: t.next }))] : []),
      node("p", "note", say("timed_about")),
      ...(s.timed ? [t.past.length ? node("ul", "sql-past", t.past.map(past)) : node("p", "mute", say("timed_never"))] : []),
    ];
  };
  // wait looks for what comes of a run that was asked for, a minute at most
  const wait = async () => {
    const before = s.timed?.past[0]?.at + s.timed?.past.length;
    for (let i = 0; i < 20 && box.isConnected; i++) {
      await new Promise((done) => setTimeout(done, 3000));
      const list = await ask("/sql/saved").catch(() => []);
      const found = list.find((x) => x.id === s.id);
      if (found?.timed && found.timed.past[0]?.at + found.timed.past.length !== before) {
        s.timed = found.timed;
        changed(s.timed);
        if (box.isConnected) show();
        return;
      }
    }
  };
  show();
  return box;
}

const option = (value, text, chosen) => {
  const o = node("option", "", text, { value });
  o.selected = value === chosen;
  return o;
};

function past(h) {
  const what = h.state === "alert" ? say(h.more ? "more" : "rows", { n: number(h.rows) }) : "";
  return node("li", "", [
    node("span", "state state-" + h.state, say("past_" + h.state)), " ", h.at, what ? " · " + what : "",
    ...(h.file ? [" ", main.querySelector("[data-export]") ? node("a", "", h.file, { href: "/sql/timed/" + encodeURIComponent(h.file), download: "" }) : h.file] : []),
    ...(h.why ? [node("small", "", h.why)] : []),
  ]);
}
