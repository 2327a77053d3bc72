// The phones: three chats of one person, live. All that is shown comes as data
// and becomes text; nothing is ever read as markup.
"use strict";
(() => {
  const root = document.getElementById("phones");
  const base = root.dataset.base;
  const provider = root.dataset.provider;
  const phones = new Map(); // channel -> phone
  let person = ""; // changes when all that was there is gone
  let last = 0; // the number of the newest message
  let stream = null;

  const element = (name, className, text) => {
    const e = document.createElement(name);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
  };

  // Tabs: the arrow keys, Home and End move between them, as people know it.
  const tabs = [...root.querySelectorAll("[role=tab]")];
  const select = (tab, focus) => {
    for (const t of tabs) {
      const chosen = t === tab;
      t.setAttribute("aria-selected", String(chosen));
      t.tabIndex = chosen ? 0 : -1;
      document.getElementById(t.getAttribute("aria-controls")).hidden = !chosen;
    }
    const phone = phones.get(tab.id.replace("tab-", ""));
    phone.unread = 0;
    badge(phone);
    toEnd(phone);
    if (focus) tab.focus();
  };
  const moves = { ArrowRight: (i) => i + 1, ArrowLeft: (i) => i - 1, Home: () => 0, End: () => -1 };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => select(tab, false));
    tab.addEventListener("keydown", (e) => {
      const move = moves[e.key];
      if (!move) return;
      e.preventDefault();
      select(tabs.at(move(i) % tabs.length), true);
    });
  });

  const badge = (phone) => {
    const b = phone.tab.querySelector(".unread");
    b.hidden = phone.unread === 0;
    b.replaceChildren(String(phone.unread), element("span", "hidden", " new"));
  };

  const toEnd = (phone) => { phone.log.scrollTop = phone.log.scrollHeight; };

  // Lines
  const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  const bubble = (m) => {
    const b = element("div", "bubble");
    b.dir = "auto";
    if (m.media) {
      const picture = element("span", "picture");
      picture.role = "img";
      picture.ariaLabel = "A made-up photo";
      b.append(picture);
    }
    if (m.text) b.append(m.text);
    if (m.from !== "network") b.append(element("span", "clock", clock(m.at)));
    return b;
  };

  const optionButton = (phone, m, option) => {
    const b = element("button", "", option.label);
    b.type = "button";
    b.dataset.choice = option.data;
    b.addEventListener("click", () => tap(phone, b));
    return b;
  };

  // A list is one button that opens it, as on WhatsApp.
  const list = (phone, m) => {
    const box = element("div", "options");
    const open = element("button", "choose", "Choose");
    const rows = element("ul");
    open.type = "button";
    rows.id = `list-${m.number}`;
    rows.hidden = true;
    open.setAttribute("aria-expanded", "false");
    open.setAttribute("aria-controls", rows.id);
    const show = (shown) => {
      rows.hidden = !shown;
      open.setAttribute("aria-expanded", String(shown));
    };
    open.addEventListener("click", () => {
      show(rows.hidden);
      if (!rows.hidden) rows.scrollIntoView({ block: "nearest" });
    });
    rows.addEventListener("keydown", (e) => {
      if (e.key !== "Escape") return;
      show(false);
      open.focus();
    });
    for (const option of m.options) {
      const row = element("li");
      const b = optionButton(phone, m, option);
      b.addEventListener("click", () => { show(false); open.focus(); });
      row.append(b);
      rows.append(row);
    }
    box.append(open, rows);
    return box;
  };

  const options = (phone, m) => {
    if (m.shown === "list") return list(phone, m);
    const box = element("div", "options");
    box.append(...m.options.map((option) => optionButton(phone, m, option)));
    return box;
  };

  const line = (phone, m) => {
    const l = element("div", "line");
    l.dataset.number = m.number;
    if (m.from === "person") l.classList.add("mine");
    if (m.from === "network") l.classList.add("network");
    const who = { person: "You: ", provider: `${provider}: `, network: "" }[m.from];
    if (m.tapped && phone.channel === "telegram") { // a tap leaves no message there
      l.className = "line tap";
      l.append(bubble({ ...m, from: "network", text: `You chose ${m.text}` }));
      return l;
    }
    const b = bubble(m);
    b.prepend(element("span", "hidden", who));
    l.append(b);
    if (m.note) l.append(element("p", "cost", m.note));
    if (m.options) l.append(options(phone, m));
    return l;
  };

  const mark = (phone, m) => {
    const target = phone.log.querySelector(`[data-number="${m.tapped}"]`);
    for (const b of target ? target.querySelectorAll("[data-choice]") : []) {
      if (b.dataset.choice !== m.choice) continue;
      b.dataset.chosen = "";
      b.ariaLabel = `${b.textContent}, chosen`;
    }
  };

  // add puts a message in its place; one that is there already stays.
  const add = (m, fresh) => {
    last = Math.max(last, m.number);
    const phone = phones.get(m.channel);
    if (!phone || phone.log.querySelector(`[data-number="${m.number}"]`)) return;
    phone.start.hidden = true;
    const after = [...phone.log.querySelectorAll(".line")].find((l) => Number(l.dataset.number) > m.number);
    phone.log.insertBefore(line(phone, m), after || null);
    if (m.tapped) mark(phone, m);
    if (fresh && m.from !== "person" && phone.panel.hidden) {
      phone.unread++;
      badge(phone);
    }
    if (phone.following || m.from === "person") toEnd(phone);
  };

  // Sending
  const complain = (phone, sentence) => {
    phone.error.textContent = sentence || "";
    phone.error.hidden = !sentence;
  };

  // send sends what a person does, one thing after the other. Each message has
  // the page's own name, so that one which is sent again after a failure is the
  // same.
  const send = (phone, what) => {
    phone.turn = phone.turn.then(() => post(phone, what));
    return phone.turn;
  };

  const post = async (phone, what) => {
    const body = JSON.stringify(what);
    const key = phone.failed?.body === body ? phone.failed.key : crypto.getRandomValues(new Uint32Array(4)).join("-");
    phone.failed = { body, key };
    complain(phone, "");
    try {
      const answer = await fetch(`${base}/${phone.channel}/messages`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...what, key }),
      });
      const result = await answer.json();
      if (!answer.ok) {
        complain(phone, result.error);
        return false;
      }
      phone.failed = null;
      add(result, true);
      return true;
    } catch {
      complain(phone, "The program does not answer. What you wrote is still here: please send it again.");
      return false;
    }
  };

  const tap = (phone, button) => send(phone, { choice: button.dataset.choice });

  const grow = (box) => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  };

  const submit = async (phone) => {
    const text = phone.box.value;
    if (text.trim() === "") {
      complain(phone, "Write something first.");
      phone.box.focus();
      return;
    }
    phone.box.value = "";
    grow(phone.box);
    phone.box.focus();
    if (await send(phone, { text })) return;
    phone.box.value = phone.box.value ? `${text}\n${phone.box.value}` : text; // nothing typed is lost
    grow(phone.box);
  };

  for (const panel of root.querySelectorAll("[role=tabpanel]")) {
    const channel = panel.dataset.channel;
    const phone = {
      channel, panel, tab: document.getElementById(`tab-${channel}`), log: panel.querySelector(".log"), start: panel.querySelector(".start"),
      box: panel.querySelector("textarea"), error: panel.querySelector(".error"), offline: panel.querySelector(".offline"),
      unread: 0, turn: Promise.resolve(), failed: null, following: true,
    };
    phones.set(channel, phone);
    // Who reads at the end goes on there; who has scrolled up is left alone.
    phone.log.addEventListener("scroll", () => {
      phone.following = phone.log.scrollHeight - phone.log.scrollTop - phone.log.clientHeight < 48;
    });
    new ResizeObserver(() => { if (phone.following) toEnd(phone); }).observe(phone.log);
    panel.querySelector("form").addEventListener("submit", (e) => {
      e.preventDefault();
      submit(phone);
    });
    phone.box.addEventListener("input", () => grow(phone.box));
    // Enter sends, with shift it begins a line. The box itself says when a line
    // would begin: keyboards of phones send no key, and an input method keeps its
    // own Enter.
    let shift = false;
    phone.box.addEventListener("keydown", (e) => { shift = e.shiftKey; });
    phone.box.addEventListener("beforeinput", (e) => {
      if (e.inputType !== "insertLineBreak" || shift) return;
      e.preventDefault();
      submit(phone);
    });
    panel.querySelector(".photo")?.addEventListener("click", () => send(phone, { media: "photo" }));
  }

  // Live
  const offline = (is) => { for (const phone of phones.values()) phone.offline.hidden = !is; };

  const forget = () => {
    for (const phone of phones.values()) {
      for (const l of phone.log.querySelectorAll(".line")) l.remove();
      phone.start.hidden = false;
      phone.unread = 0;
      badge(phone);
    }
    last = 0;
  };

  // load reads the chats one after the other: the first answer says who we are.
  const load = async () => {
    let from = null;
    for (const channel of phones.keys()) {
      const chat = await (await fetch(`${base}/${channel}/messages`)).json();
      if (person && person !== chat.person) forget();
      person = chat.person;
      from ??= chat.last;
      chat.messages.forEach((m) => add(m, false));
    }
    last = from;
  };

  const listen = () => {
    stream = new EventSource(`${base}/events?after=${last}`);
    stream.addEventListener("person", (e) => {
      if (e.data === person) return;
      stream.close(); // the program was started again
      start();
    });
    stream.addEventListener("message", (e) => add(JSON.parse(e.data), true));
    stream.addEventListener("open", () => offline(false));
    stream.addEventListener("error", () => {
      offline(true);
      if (stream.readyState === EventSource.CLOSED) again();
    });
  };

  const start = async () => {
    try {
      await load();
      listen();
    } catch {
      offline(true);
      again();
    }
  };
  const again = () => setTimeout(start, 2000);

  // A page that nobody looks at keeps no connection: browsers have few for one
  // address.
  document.addEventListener("visibilitychange", () => {
    stream?.close();
    if (!document.hidden) listen();
  });
  start();
})();
