// A telephone in a live class: asks the server how the class stands, and sends answers.
(() => {
  "use strict";

  const middle = document.getElementById("middle");
  const lost = document.getElementById("lost");
  const ask = document.getElementById("ask");
  const papers = document.getElementById("papers");
  const room = middle.dataset.room;
  const language = document.documentElement.lang;
  let version = middle.dataset.version;
  let listed = ""; // the version of the list of documents that is shown
  let failed = 0;
  let gone = false;
  let timer = 0;

  function show(state) {
    failed = 0;
    lost.hidden = true;
    if (state.gone) {
      gone = true;
      middle.textContent = middle.dataset.gone;
      ask?.remove();
      papers.remove();
      return;
    }
    if (ask) ask.hidden = !state.asking;
    if (state.papers !== undefined) {
      listed = state.papers_version;
      document.getElementById("papers-list").innerHTML = state.papers;
    }
    if (state.papers_version !== undefined) {
      document.getElementById("papers-form").hidden = !state.sending;
      papers.hidden = !state.sending && !document.getElementById("papers-list").childElementCount;
    }
    if (state.html === undefined) return;
    version = state.version;
    const held = middle.contains(document.activeElement);
    middle.innerHTML = state.html;
    if (held) middle.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  async function talk(path, sent) {
    const query = new URLSearchParams({ lang: language });
    if (!sent) {
      query.set("v", version);
      query.set("p", listed);
    }
    const options = sent ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(sent) } : {};
    const answer = await fetch(`${room}/${path}?${query}`, { cache: "no-store", ...options });
    if (answer.status >= 500) throw new Error(answer.status);
    return answer.json();
  }

  // every 1.2 to 1.6 seconds, so that forty telephones do not ask at the same moment; less often while the server does not answer
  function next() {
    clearTimeout(timer);
    if (!gone) timer = setTimeout(poll, (1200 + Math.random() * 400) * Math.min(4, 1 + failed));
  }

  let sending = false;

  async function poll() {
    if (!document.hidden && !sending) {
      try {
        const state = await talk("hien-tai");
        if (!sending) show(state);
      } catch {
        failed += 1;
        lost.hidden = failed < 2;
      }
    }
    next();
  }

  async function send(form) {
    const fields = Object.fromEntries(new FormData(form));
    const path = form.dataset.post;
    const alert = form.querySelector(".alert");
    if (path === "tra-loi" && !fields.answer?.trim()) {
      alert.textContent = middle.dataset.choose;
      alert.hidden = false;
      return;
    }
    const button = form.querySelector("button");
    button.disabled = true;
    sending = true;
    try {
      const state = await talk(path, fields);
      if (path !== "hoi") show(state);
      else if (state.html) document.getElementById("reply").innerHTML = state.html;
      else document.getElementById("reply").textContent = state.message ?? "";
    } catch {
      failed += 1;
      lost.hidden = false;
    }
    button.disabled = false;
    sending = false;
  }

  async function sendPaper(input) {
    const file = input.files[0];
    const said = document.getElementById("papers-said");
    if (!file) return;
    const say = (words) => { said.textContent = words.replace("{name}", file.name); };
    say(input.dataset.sending);
    input.disabled = true;
    const body = new FormData();
    body.append("file", file);
    try {
      const answer = await fetch(`${room}/gui-tep?lang=${language}`, { method: "POST", body });
      say(answer.ok ? input.dataset.sent : ((await answer.json()).message ?? input.dataset.failed));
    } catch {
      say(input.dataset.failed);
    }
    input.value = "";
    input.disabled = false;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("#papers-form input[type=file]")) sendPaper(event.target);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-post]");
    if (!form) return;
    event.preventDefault();
    if (!sending) send(form);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !gone) {
      clearTimeout(timer);
      poll();
    }
  });

  poll();
})();
