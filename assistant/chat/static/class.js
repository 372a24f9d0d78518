// The classroom: the trainer's panel of a live class, which asks the server every second how the class stands, and the projector view.
(() => {
  "use strict";

  const ROOM = "/hoi-van-ban/lop";
  const root = document.documentElement;

  // --- the panel of a live class

  const frame = () => document.querySelector("#hvb-live .hvb-live-frame");
  let wanted = sessionStorage.getItem("hvb-class") ?? ""; // the code of the class shown; "-" asks for the form that opens one
  let busy = false;
  let papers = ""; // the list of the documents of the class as it was drawn last

  function want(code) {
    wanted = code;
    sessionStorage.setItem("hvb-class", code);
  }

  function lost(on) {
    const line = frame()?.querySelector(".hvb-live-lost");
    if (!line) return;
    line.hidden = !on;
    line.textContent = on ? frame().dataset.lost : "";
  }

  function count(place, state) {
    for (const [name, value] of Object.entries(state.counts ?? {})) {
      const shown = place.querySelector(`[data-live="${name}"]`);
      if (shown && shown.textContent !== String(value)) shown.textContent = value;
    }
    const answered = state.counts?.answered ?? 0;
    (state.options ?? []).forEach((value, option) => {
      const shown = place.querySelector(`[data-live="option-${option}"]`);
      const fill = place.querySelector(`[data-fill="${option}"]`);
      if (shown) shown.textContent = value;
      if (fill) fill.style.width = `${answered ? Math.round((100 * value) / answered) : 0}%`;
    });
  }

  function show(state) {
    const place = frame();
    if (!place) return;
    lost(false);
    const body = place.querySelector(".hvb-live-body");
    if (state.html !== undefined) {
      const held = body.contains(document.activeElement);
      const wasOpen = place.dataset.code === state.code && body.querySelector(".hvb-class-papers")?.open;
      body.innerHTML = state.html;
      papers = "";
      if (wasOpen) body.querySelector(".hvb-class-papers")?.setAttribute("open", "");
      place.dataset.version = state.version;
      place.dataset.code = state.code ?? "";
      if (held) body.querySelector(".hvb-go, .hvb-primary, [data-act]")?.focus({ preventScroll: true });
      turnTo(at);
    }
    count(body, state);
    const list = body.querySelector(".hvb-class-list");
    if (list && state.papers !== undefined && state.papers !== papers) {
      papers = state.papers;
      list.innerHTML = papers;
    }
  }

  async function talk(path, sent) {
    const place = frame();
    const query = new URLSearchParams({ lang: place.dataset.language });
    if (!sent) {
      query.set("code", wanted);
      query.set("v", place.dataset.version ?? "");
    }
    const options = sent ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent) } : {};
    const answer = await fetch(`${ROOM}${path}?${query}`, { cache: "no-store", ...options });
    if (answer.status === 404) {
      want("");
      return {};
    }
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }

  async function poll() {
    const place = frame();
    let pause = 1000;
    if (place && place.getClientRects().length && !document.hidden && !busy) {
      try {
        const state = await talk("/cua-toi");
        if (!busy && state.version) show(state);
        if (!frame()?.dataset.code) pause = 3000;
      } catch {
        lost(true);
      }
    }
    setTimeout(poll, pause);
  }

  async function order(button) {
    const { act, code, revision, document: paper, confirm: words } = button.dataset;
    if (busy || (words && !window.confirm(words))) return;
    if (act === "show" || act === "leave") want(act === "show" ? code : "-");
    busy = true;
    button.disabled = true;
    try {
      let state;
      if (act === "open") {
        state = await talk("/mo", Object.fromEntries(new FormData(button.form)));
        want(state.code ?? "-");
      } else if (act === "show" || act === "leave") {
        state = await talk("/cua-toi");
      } else {
        if (act === "delete") want("-");
        state = await talk(`/${code}/lenh`, { act, revision: revision ?? "", document: paper ?? "" });
      }
      if (state.version) show(state);
    } catch {
      lost(true);
    }
    button.disabled = false;
    busy = false;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#hvb-live button[data-act]");
    if (!button) return;
    event.preventDefault();
    order(button);
  });

  // documents of the class go out as soon as they are chosen, one after the other
  async function sendPapers(input) {
    const { papers: code, sending, sent, failed } = input.dataset;
    const lines = input.closest("details").querySelector(".hvb-sent");
    const files = [...input.files];
    lines.replaceChildren();
    input.disabled = true;
    for (const file of files) {
      const line = document.createElement("li");
      const say = (words) => { line.textContent = words.replace("{name}", file.name); };
      lines.append(line);
      say(sending);
      const body = new FormData();
      body.append("file", file);
      try {
        const answer = await fetch(`${ROOM}/${code}/tai-lieu?lang=${frame().dataset.language}`, { method: "POST", body });
        say(answer.ok ? sent : ((await answer.json()).message ?? failed));
      } catch {
        say(failed);
      }
    }
    input.value = "";
    input.disabled = false;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("#hvb-live input[data-papers]")) sendPapers(event.target);
  });

  // --- the projector: one card, question or the live class at a time, in large type

  let at = 0;
  const isOn = () => root.dataset.projector !== undefined;
  const slides = () => [...document.querySelectorAll("#hvb-classroom .hvb-slide")];

  function turnTo(number) {
    if (!isOn()) return;
    const all = slides();
    at = Math.max(0, Math.min(number, all.length - 1));
    all.forEach((slide, i) => slide.toggleAttribute("data-current", i === at));
    const words = `${all.length ? at + 1 : 0}/${all.length}`;
    const shown = document.querySelector(".hvb-slide-number");
    if (shown && shown.textContent !== words) shown.textContent = words;
  }

  const watcher = new MutationObserver(() => turnTo(at));

  function project(on, start = 0) {
    if (on === isOn()) return;
    if (on) {
      root.dataset.projector = "";
      delete root.dataset.reading;
      const room = document.getElementById("hvb-classroom");
      if (room) watcher.observe(room, { childList: true, subtree: true });
      root.requestFullscreen?.().catch(() => {});
      turnTo(start);
      if (room) {
        room.tabIndex = -1;
        room.focus(); // no button, so that the space bar goes on with the class
      }
    } else {
      watcher.disconnect();
      delete root.dataset.projector;
      if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
      slides()[at]?.scrollIntoView({ block: "nearest" });
      document.querySelector('[data-project="on"]')?.focus();
    }
  }

  function turn(step) {
    delete root.dataset.reading;
    turnTo(at + step);
    document.getElementById("hvb-classroom")?.scrollTo(0, 0);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-project]");
    if (!button) return;
    const act = button.dataset.project;
    if (act === "on" || act === "off") project(act === "on");
    else turn(act === "next" ? 1 : -1);
  });

  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.ctrlKey || event.altKey || event.metaKey) return;
    const inField = event.target.closest?.("input, select, textarea");
    if (event.key === "Escape") project(false);
    else if (inField) return;
    else if (event.key === "ArrowRight" || event.key === "PageDown") turn(1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") turn(-1);
    else if (event.key === " " && !event.target.closest?.("button, a, summary") && slides()[at]?.querySelector(".hvb-go")) slides()[at].querySelector(".hvb-go").click();
    else return;
    event.preventDefault();
  });

  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) project(false);
  });

  poll();
})();
