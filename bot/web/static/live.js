// The staff's pages, live. A page says with data-events where it hears that something
// changed: a number, and nothing else. A list is then read again, and changed where it
// stands: what has the focus keeps it, a selection stays, nothing jumps, and no box that
// somebody writes in is in it. Of a case it is only said that there is something new.
"use strict";
(() => {
  if (window !== window.top) document.documentElement.classList.add("framed");
  const live = document.querySelector("[data-events]");
  if (!live) return;
  const news = document.querySelector("[data-news]");
  const list = live.dataset.shows === "list";
  const keys = (within) => [...within.querySelectorAll("[data-key]")].map((e) => e.dataset.key);
  const first = new Set(keys(live));
  const asking = { "X-Heard-Live": "yes" }; // so that nobody stays signed in by a page that is left open
  let seen = live.dataset.seen;
  let newest = seen;
  let stream = null;
  let ended = false;

  // still makes a change, and keeps what is looked at where it is on the screen: what has the
  // focus, else the first line in sight.
  const still = (change) => {
    const inSight = (e) => { const r = e.getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight; };
    const focused = live.contains(document.activeElement) ? document.activeElement : null;
    const places = [focused, ...live.querySelectorAll("[data-key]")].filter((e) => e && inSight(e)).map((e) => ({ e, top: e.getBoundingClientRect().top }));
    change();
    const place = places.find((p) => p.e.isConnected);
    if (place && (focused || scrollY > 0)) scrollBy(0, place.e.getBoundingClientRect().top - place.top);
  };

  const say = (...what) => {
    const text = (w) => (typeof w === "string" ? w : w.textContent);
    if (news.textContent !== what.map(text).join("")) still(() => news.replaceChildren(...what));
  };
  const link = (words, to) => {
    const a = document.createElement("a");
    a.href = to;
    a.textContent = words;
    return a;
  };
  const end = () => {
    ended = true;
    stream?.close();
    say("You are signed out, so nothing new comes in here. ", link("Sign in again", location.href));
  };

  // become makes a node what another is, and keeps what is the same.
  const become = (old, fresh) => {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
    if (old.isEqualNode(fresh) || old.dataset?.still !== undefined) return; // what is written in is let be
    if (old.nodeType === Node.TEXT_NODE) {
      old.data = fresh.data;
      return;
    }
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    inside(old, fresh);
  };

  // inside does so with what is within. Lines are known by their keys: those that are gone
  // go first, so that the rest need not be moved.
  const inside = (old, fresh) => {
    const wanted = new Set([...fresh.children].map((c) => c.dataset.key));
    const known = new Map();
    for (const c of [...old.children]) {
      if (!c.dataset.key) continue;
      if (wanted.has(c.dataset.key)) known.set(c.dataset.key, c);
      else c.remove();
    }
    let at = old.firstChild;
    for (const f of [...fresh.childNodes]) {
      const key = f.dataset?.key;
      const same = key ? known.get(key) : at;
      if (key && same) {
        while (at && at !== same && !at.dataset?.key) {
          const next = at.nextSibling;
          at.remove();
          at = next;
        }
      }
      if (!same || (!key && (at.dataset?.key || at.nodeName !== f.nodeName))) {
        old.insertBefore(f, at);
        continue;
      }
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      become(same, f);
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  };

  const selecting = () => {
    const s = getSelection();
    return s.type === "Range" && s.rangeCount > 0 && s.getRangeAt(0).intersectsNode(live);
  };

  const show = (fresh) => {
    const focused = live.contains(document.activeElement) ? document.activeElement : null;
    for (const line of fresh.querySelectorAll("[data-key]")) {
      if (first.has(line.dataset.key)) continue;
      const mark = document.createElement("span");
      mark.className = "tag";
      mark.textContent = "New";
      line.querySelector("th")?.prepend(mark, " ");
    }
    still(() => inside(live, fresh));
    let lost = false;
    if (focused && document.activeElement !== focused) {
      lost = !focused.isConnected;
      (lost ? live : focused).focus({ preventScroll: true });
    }
    announce(lost);
  };

  const announce = (lost) => {
    const fresh = [...live.querySelectorAll("[data-key]")].filter((e) => !first.has(e.dataset.key));
    const words = [];
    if (fresh.some((e) => e.classList.contains("danger"))) words.push("Danger: read it first.");
    if (fresh.length) words.push(`${fresh.length} new since you opened this page.`);
    if (lost) words.push("What you were at is no longer on this list.");
    say(words.join(" "));
  };

  // refresh reads the list again, until it shows the newest: at most every two seconds, and
  // not while somebody selects in it.
  let waiting = null;
  let last = -Infinity;
  let reading = false;
  const refresh = () => {
    if (waiting || reading || ended || document.hidden || Number(newest) <= Number(seen)) return;
    waiting = setTimeout(async () => {
      waiting = null;
      if (selecting()) {
        say("Something changed. It is shown when nothing is selected here.");
        document.addEventListener("selectionchange", refresh, { once: true });
        return;
      }
      reading = true;
      last = performance.now();
      const read = await readList().catch(() => false);
      reading = false;
      if (!read) {
        down();
        last += 3000;
      }
      refresh();
    }, Math.max(0, last + 2000 - performance.now()));
  };
  const readList = async () => {
    const answer = await fetch(location.href, { headers: asking });
    if (answer.status === 401) {
      end();
      return true;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-events]");
    if (!fresh) return false;
    seen = fresh.dataset.seen;
    show(document.adoptNode(fresh));
    return true;
  };
  const down = () => say("The desk does not answer just now, so this may be out of date. It is tried again by itself.");

  // Of a case: a page that somebody writes on opens again beside this one.
  const typed = (e) => {
    if (!e.options) return e.type !== "hidden" && (e.value !== e.defaultValue || e.checked !== e.defaultChecked);
    const before = [...e.options].findIndex((o) => o.defaultSelected);
    return e.selectedIndex !== Math.max(0, before);
  };
  const written = () => location.pathname !== live.dataset.at || [...document.querySelectorAll("main textarea, main input, main select")].some(typed);
  const remark = () => {
    const a = link("Show it", live.dataset.at);
    if (!written()) return say("There is something new in this case. ", a);
    a.textContent = "Show it in a window of its own";
    a.target = "_blank";
    say("There is something new in this case. What you wrote here stays. ", a);
  };
  document.addEventListener("input", () => { if (!list && !ended && newest !== seen) remark(); });

  const hear = (mark) => {
    newest = mark;
    if (list) {
      announce(false);
      refresh();
    } else if (newest !== seen) {
      remark();
    } else {
      say("");
    }
  };

  const listen = () => {
    if (ended || document.hidden) return;
    stream = new EventSource(live.dataset.events);
    const mine = stream;
    stream.addEventListener("changed", (e) => hear(e.data));
    stream.addEventListener("down", down);
    stream.addEventListener("ended", end);
    stream.addEventListener("error", async () => {
      if (mine.readyState !== EventSource.CLOSED || stream !== mine) return;
      const only = new AbortController();
      const answer = await fetch(live.dataset.events, { headers: { Accept: "text/event-stream" }, signal: only.signal }).catch(() => null);
      only.abort();
      if (answer?.status === 401) end();
      else setTimeout(() => { if (stream === mine) listen(); }, 5000);
    });
  };
  document.addEventListener("visibilitychange", () => {
    stream?.close();
    stream = null;
    listen();
  });
  addEventListener("pagehide", () => stream?.close());
  addEventListener("pageshow", (e) => { if (e.persisted) listen(); });
  listen();
})();
