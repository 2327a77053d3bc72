// The desk, live: when something changed, its parts are read again from the
// server and put in place of the old ones. The boxes to write in stay.
"use strict";
(() => {
  const desk = document.getElementById("desk");
  const announcer = document.getElementById("desk-news");
  const down = document.getElementById("desk-down");
  const drafts = new Map(); // case -> what was typed in its boxes
  let chosen = new URLSearchParams(location.search).get("case"); // null: the newest
  let stream = null;
  let running = false;
  let wanted = false;

  const part = (name, within) => within.querySelector(`[data-part="${name}"]`);
  const shown = () => part("case", desk).dataset.case;
  const boxes = () => [...part("forms", desk).querySelectorAll("textarea")];

  // writing tells whether the boxes of the case are in use: then it stays.
  const writing = () => part("forms", desk).contains(document.activeElement) || boxes().some((b) => b.value !== "");

  const address = () => {
    const ref = chosen || (writing() ? shown() : "");
    return `/try/cases?part=desk${ref ? `&case=${encodeURIComponent(ref)}` : ""}`;
  };

  // swap puts what is new in place of what is old, and the focus back on what has
  // the same id.
  const swap = (old, fresh) => {
    if (!fresh || old.innerHTML === fresh.innerHTML) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceChildren(...fresh.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  };

  const swapForms = (fresh) => {
    const old = part("forms", desk);
    if (old.dataset.key === fresh.dataset.key) return;
    if (old.dataset.key) drafts.set(old.dataset.key, boxes().map((b) => b.value));
    old.dataset.key = fresh.dataset.key;
    old.replaceChildren(...fresh.childNodes);
    (drafts.get(old.dataset.key) || []).forEach((words, i) => { boxes()[i].value = words; });
  };

  const announce = (before, fresh) => {
    const refs = (within) => [...part("cases", within).querySelectorAll("[data-case]")].map((a) => a.dataset.case).concat(part("case", within).dataset.case);
    const dangers = (within) => part("tasks", within).querySelectorAll(".danger").length;
    const news = refs(fresh).find((ref) => ref && !before.refs.includes(ref));
    const words = [];
    if (dangers(fresh) > before.dangers) words.push("Danger: read it now.");
    if (news) words.push(`A new case came in: ${news}.`);
    if (words.length) announcer.textContent = words.join(" ");
    return { refs: refs(fresh), dangers: dangers(fresh) };
  };
  let before = { refs: [], dangers: 0 };

  const read = (html) => new DOMParser().parseFromString(html, "text/html");

  const apply = (doc) => {
    before = announce(before, doc);
    swap(part("tour", document), part("tour", doc.querySelector("template").content));
    for (const name of ["tasks", "cases", "history"]) swap(part(name, desk), part(name, doc));
    swapForms(part("forms", doc));
    part("case", desk).dataset.case = part("case", doc).dataset.case;
    swap(part("case", desk), part("case", doc));
    down.hidden = true;
  };

  // refresh reads the desk; what changes meanwhile is read once more.
  const refresh = async () => {
    wanted = true;
    if (running) return;
    running = true;
    while (wanted) {
      wanted = false;
      try {
        const answer = await fetch(address());
        if (answer.status === 404) {
          chosen = null;
          history.replaceState(null, "", location.pathname);
        }
        if (answer.status >= 500) down.hidden = false;
        else apply(read(await answer.text()));
      } catch {
        down.hidden = false;
      }
    }
    running = false;
  };

  // Choosing a case
  desk.addEventListener("click", (e) => {
    const link = e.target.closest("a[data-case]");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    chosen = link.dataset.case;
    history.replaceState(null, "", `?case=${encodeURIComponent(chosen)}`);
    refresh();
  });

  // Acting
  const say = (form, sentence, done) => {
    const error = form.querySelector(".error");
    const box = form.querySelector("textarea");
    error.textContent = sentence;
    error.hidden = !sentence;
    form.querySelector(".done").textContent = done;
    form.querySelector(".done").hidden = !done;
    if (sentence) {
      box.setAttribute("aria-invalid", "true");
      box.focus();
    } else {
      box.removeAttribute("aria-invalid");
    }
  };

  const act = async (form) => {
    const box = form.querySelector("textarea");
    const words = box.value;
    try {
      const answer = await fetch(`${form.getAttribute("action")}?part=desk`, { method: "POST", body: new URLSearchParams({ words }) });
      const doc = read(await answer.text());
      if (answer.ok) {
        if (box.value === words) box.value = "";
        say(form, "", form.id === "form-outcome" ? "Told. The person chooses when to read it." : "Sent. It comes to the phone as news.");
        apply(doc);
      } else {
        say(form, doc.getElementById(form.id)?.querySelector(".error").textContent || "This was not taken. Nothing you typed is lost.", "");
      }
    } catch {
      say(form, "The program does not answer. What you wrote is still here: please send it again.", "");
    }
  };

  desk.addEventListener("input", (e) => {
    const done = e.target.form.querySelector(".done");
    done.textContent = "";
    done.hidden = true;
  });

  desk.addEventListener("submit", async (e) => {
    e.preventDefault();
    const form = e.target;
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    await act(form);
    delete form.dataset.busy;
  });

  const listen = () => {
    stream = new EventSource("/try/events");
    stream.addEventListener("changed", refresh);
    stream.addEventListener("down", () => { down.hidden = false; });
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
    });
  };
  document.addEventListener("visibilitychange", () => {
    stream?.close();
    if (!document.hidden) listen();
  });
  before = announce(before, document);
  announcer.textContent = "";
  listen();
})();
