// What the server says when something was published. Whose connection breaks, or who hears nothing for as long as two of its
// beats take, which come every three seconds, asks again.
const silence = 8000, soonest = 1000, latest = 15000; // milliseconds

// leave goes from the page of somebody who is not let in any more, so that nothing of it stays on the screen. A server that does
// not answer is no reason to.
export async function leave() {
  const r = await fetch("/api/v1/events", { method: "HEAD", cache: "no-store", credentials: "same-origin" }).catch(() => null);
  if (r && r.status === 401) location.replace("/signin?next=" + encodeURIComponent(location.pathname + location.search));
}

// listen calls told with what was published, {version, program}, at once with what is so now; stale, where somebody wants to
// know it earlier, when something was and its version is not known yet; and lost when nobody says whether that is still so.
// It answers with what ends the listening.
export function listen(told, lost, stale = () => {}) {
  let source = null, wait = soonest, timer, watch;
  function close() {
    if (source) source.close();
    source = null;
    clearTimeout(timer);
    clearTimeout(watch);
  }
  function broken() {
    close();
    timer = setTimeout(open, wait * (0.7 + 0.6 * Math.random()));
    wait = Math.min(latest, wait * 2);
    lost();
    leave();
  }
  const heard = () => { clearTimeout(watch); watch = setTimeout(broken, silence); };
  function open() {
    source = new EventSource("/api/v1/events");
    heard();
    source.addEventListener("published", (e) => { wait = soonest; heard(); told(JSON.parse(e.data)); });
    source.addEventListener("changed", () => { heard(); stale(); });
    source.addEventListener("unreadable", () => { heard(); lost(); });
    source.addEventListener("alive", heard);
    source.onerror = broken;
  }
  open();
  return close;
}
