// The tab of the documents: files are sent one after the other with their progress, and the page follows how far their reading is.
(() => {
  "use strict";

  const PATH = "/hoi-van-ban/tai-len";
  const EVERY = 1000; // milliseconds between two looks at files that are being read
  let asking = false;

  const language = () => document.querySelector("form.hvb-uploader")?.dataset.language ?? "vi";
  const filled = (words, values) => words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const refresh = () => document.querySelector("#hvb-own .hvb-fresh")?.click();

  function sendFile(file, form, line) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("file", file);
      const say = (words, css) => {
        line.textContent = words;
        line.className = css;
        done();
      };
      request.upload.addEventListener("progress", (event) => {
        const percent = event.total ? Math.floor((100 * event.loaded) / event.total) : 0;
        line.textContent = filled(form.dataset.sending, { name: file.name, percent });
      });
      request.addEventListener("load", () => {
        let answer = {};
        try {
          answer = JSON.parse(request.responseText);
        } catch {
          // a proxy's own page
        }
        if (request.status === 200) say(filled(form.dataset.sent, { name: file.name }), "hvb-good");
        else say(answer.message ?? filled(form.dataset.notSent, { name: file.name }), "hvb-bad");
      });
      request.addEventListener("error", () => say(filled(form.dataset.notSent, { name: file.name }), "hvb-bad"));
      request.open("POST", `${PATH}?lang=${language()}`);
      request.send(body);
    });
  }

  const chosen = (input) => {
    input.closest("form").querySelector(".hvb-chosen").textContent = [...input.files].map((file) => file.name).join(", ");
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".hvb-uploader input[type=file]")) chosen(event.target);
  });

  async function send(form) {
    const input = form.querySelector("input[type=file]");
    const lines = form.querySelector(".hvb-sent");
    const button = form.querySelector(".hvb-send-files");
    const files = [...input.files];
    lines.replaceChildren();
    if (!files.length) {
      lines.append(Object.assign(document.createElement("li"), { textContent: form.dataset.nothingChosen, className: "hvb-bad" }));
      input.focus();
      return;
    }
    button.disabled = true;
    for (const file of files) {
      const line = document.createElement("li");
      lines.append(line);
      await sendFile(file, form, line);
      refresh();
    }
    input.value = "";
    chosen(input);
    button.disabled = false;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".hvb-send-files");
    if (button) send(button.closest("form"));
  });

  async function look() {
    const busy = document.querySelectorAll("#hvb-own [data-busy]");
    const deciding = document.querySelectorAll("#hvb-proposals [data-busy]");
    if (asking || document.hidden || !(busy.length || deciding.length)) return;
    asking = true;
    try {
      const answer = await (await fetch(`${PATH}?lang=${language()}`)).json();
      const now = new Map(answer.uploads.map((upload) => [upload.id, upload]));
      let changed = deciding.length !== answer.approving;
      for (const row of busy) {
        const upload = now.get(row.dataset.upload);
        if (!upload || upload.state !== row.dataset.state) changed = true;
        else row.querySelector(".hvb-state").textContent = upload.words;
      }
      // what an administrator is writing is not drawn over
      const writing = [...document.querySelectorAll("#hvb-proposals textarea")].some((area) => area.value);
      if (changed && !writing) refresh();
    } catch {
      // the server is away; the next look may find it
    } finally {
      asking = false;
    }
  }
  setInterval(look, EVERY);

  // A document that was opened from a list: its details come into view and take the focus, since the button is gone.
  let opening = false;
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#hvb-documents-tab [data-event=apply][data-document]")) opening = true;
  });
  new MutationObserver((changes) => {
    const heading = document.querySelector("#hvb-documents .hvb-details h3");
    const tab = document.getElementById("hvb-documents-tab");
    if (!opening || !heading || !changes.some((change) => tab?.contains(change.target))) return;
    opening = false;
    tab.scrollTop = 0;
    if (tab.scrollHeight <= tab.clientHeight) heading.scrollIntoView({ block: "nearest" });
    heading.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
