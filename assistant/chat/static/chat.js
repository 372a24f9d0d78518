// What the page needs besides Gradio: clicks of our own HTML become Gradio events, the cited words come into view,
// Enter that ends a Vietnamese composition does not send, and Gradio's English notices are put into the page's language.
(() => {
  "use strict";

  // Says which tab is open: on some the document takes room only once one is opened.
  function turn(tab) {
    document.documentElement.dataset.tab = tab;
    delete document.documentElement.dataset.reading;
    window.dispatchEvent(new Event("resize"));
  }

  function fields(form) {
    const data = {};
    for (const [name, value] of new FormData(form)) data[name] = name in data ? [].concat(data[name], value) : value;
    return data;
  }

  // Brings the cited words into the middle of the viewer; with `page`, of the window too (on a phone the viewer lies below).
  function reveal(page) {
    // of a document with pages either these or its text is seen
    const paper = [...document.querySelectorAll("#hvb-viewer .hvb-paper")].find((one) => one.getClientRects().length);
    if (!paper) return;
    const cited = paper.querySelector("#cited") ?? paper.querySelector("#cited-words");
    if (!cited) {
      paper.scrollTop = 0;
    } else {
      const wide = cited.closest(".hvb-scroll, .hvb-pages");
      if (wide) {
        const [inner, outer] = [cited.getBoundingClientRect(), wide.getBoundingClientRect()];
        wide.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
      }
      const [inner, outer] = [cited.getBoundingClientRect(), paper.getBoundingClientRect()];
      paper.scrollTop += inner.top - outer.top - (outer.height - Math.min(inner.height, outer.height)) / 2;
    }
    if (page) (cited ?? paper).scrollIntoView({ block: cited ? "center" : "nearest" });
  }

  let pressed = false; // whether the viewer changes because of a click on a citation

  function opened() {
    document.dispatchEvent(new Event("hvb-opened"));
    requestAnimationFrame(() => {
      reveal(pressed);
      pressed = false;
    });
  }

  function answered(element) {
    const turns = element.querySelector(".hvb-turns");
    const last = element.querySelector(".hvb-turn:last-child");
    if (turns && last) turns.scrollTop += last.getBoundingClientRect().top - turns.getBoundingClientRect().top;
  }

  // Says that a question waits for its turn; the style shows it only after a moment, since most are taken at once.
  function waiting(on) {
    const conversation = document.getElementById("hvb-conversation");
    document.documentElement.toggleAttribute("data-asking", on);
    if (on) conversation?.setAttribute("data-waiting", words.waiting);
    else conversation?.removeAttribute("data-waiting");
  }

  // Shows a question while it is being answered; the answer takes its place.
  function pending(question) {
    const turns = document.querySelector("#hvb-conversation .hvb-turns");
    if (!turns || !question.trim()) return;
    turns.querySelector(".hvb-welcome")?.remove();
    const turn = Object.assign(document.createElement("section"), { className: "hvb-turn" });
    turn.append(
      Object.assign(document.createElement("h2"), { className: "hvb-question", textContent: question }),
      Object.assign(document.createElement("p"), { className: "hvb-busy", textContent: words.asking }),
    );
    turns.append(turn);
    turns.scrollTop = turns.scrollHeight;
  }

  function isOpen(data) {
    const place = data.start === undefined ? data.document : `${data.document}:${data.start}:${data.end}`;
    const key = data.shelf ? `${data.shelf}/${place}` : place;
    return document.querySelector("#hvb-viewer .hvb-document")?.dataset.key === key;
  }

  function chosen(form) {
    return Array.from({ length: Number(form.dataset.size) }, (_, i) => {
      const input = form.querySelector(`input[name="q${i}"]:checked`);
      return input ? Number(input.value) : null;
    });
  }

  function attach(element, trigger, watch) {
    function send(source) {
      const data = { ...source.dataset };
      const form = source.closest("form");
      if (form) data.fields = fields(form);
      if (form?.matches(".hvb-quiz") && data.event === "submit") data.chosen = chosen(form);
      if (form?.matches(".hvb-quiz") && data.event === "retry") form.reset();
      if (data.event === "select") {
        pressed = true;
        document.documentElement.dataset.reading = "";
        if (isOpen(data)) {
          opened();
          return;
        }
      }
      if (data.event === "clear") delete document.documentElement.dataset.reading;
      trigger(data.event, data);
    }
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = event.target.querySelector("button[data-event=submit]");
      if (button && event.submitter !== button) send(button); // Enter in a field
    });
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-event]");
      if (button) send(button);
    });
    element.addEventListener("change", (event) => {
      if (event.target.matches(":is(select, input, textarea)[data-event]")) send(event.target);
    });
    watch("value", () => {
      element.querySelectorAll("form.hvb-quiz").forEach((form) => form.reset());
      if (element.querySelector(".hvb-document")) opened();
      if (element.querySelector(".hvb-turns")) {
        waiting(false);
        answered(element);
      }
      element.querySelector(".hvb-score")?.scrollIntoView({ block: "center" });
    });
    const take = document.querySelector("#hvb-carrier [data-event=apply]");
    const key = sessionStorage.getItem(CARRIED);
    if (key && element.contains(take)) {
      sessionStorage.removeItem(CARRIED);
      take.dataset.key = key;
      take.click();
    }
  }

  // A conversation goes along when the language is switched: the server keeps it for a moment under a key that this page alone knows.
  const CARRIED = "hvb-carried";
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a.hvb-language");
    const put = document.querySelector("#hvb-carrier [data-event=input]");
    if (!link || !put || event.ctrlKey || event.metaKey || event.shiftKey || !document.querySelector("#hvb-conversation .hvb-question")) return;
    event.preventDefault();
    const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    put.dataset.key = key;
    put.click();
    for (let look = 0; look < 40 && !document.querySelector(`#hvb-carrier [data-kept="${key}"]`); look += 1) await new Promise((done) => setTimeout(done, 50));
    sessionStorage.setItem(CARRIED, key);
    location.href = link.href;
  });

  // Unikey, Telex and other input methods end a word with Enter: that Enter belongs to them. Gradio sends on "keypress",
  // which some browsers fire, as an ordinary Enter, right after the keydown that the composition took.
  let composing = false;
  for (const kind of ["keydown", "keypress"]) {
    document.addEventListener(
      kind,
      (event) => {
        if (event.key !== "Enter") return;
        if (kind === "keydown") composing = event.isComposing || event.keyCode === 229;
        if (composing || event.isComposing) {
          event.stopPropagation();
          if (kind === "keypress") event.preventDefault();
        } else if (kind === "keydown" && !event.shiftKey && event.target.closest?.("#hvb-box")) {
          waiting(true);
          pending(event.target.value);
        }
      },
      true,
    );
  }
  document.addEventListener("click", (event) => {
    const asked = event.target.closest?.("#hvb-send, #hvb-conversation [data-event=submit], #hvb-conversation [data-event=retry]");
    if (!asked) return;
    waiting(true);
    pending(asked.id === "hvb-send" ? document.querySelector("#hvb-box textarea, #hvb-box input").value : (asked.dataset.question ?? ""));
  });

  // Puts an answer with its sources into the clipboard; an address without https has no other way than a selection.
  async function copy(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const box = Object.assign(document.createElement("textarea"), { value: button.dataset.copy });
      button.after(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
    const label = button.textContent;
    button.textContent = words.copied;
    setTimeout(() => (button.textContent = label), 2000);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (button) copy(button);
  });

  const words = JSON.parse(document.getElementById("hvb-toasts")?.textContent ?? "{}");

  // Gradio writes the browser's language into the page; a screen reader has to read it in the page's own.
  function keepLanguage() {
    const root = document.documentElement;
    if (words.language && root.lang !== words.language) root.lang = words.language;
  }
  new MutationObserver(keepLanguage).observe(document.documentElement, { attributeFilter: ["lang"] });
  keepLanguage();

  const notices = [
    [/queue is full|too busy|currently busy|too many requests/i, words.busy],
    [/connection .*lost|connection errored|reconnecting/i, words.lost],
    [/reconnected|re-established|connection restored/i, words.back],
  ];
  const titles = { error: words.title_error, warning: words.title_warning, info: words.title_info };

  function translate(toast) {
    const title = toast.querySelector(".toast-title");
    if (title && titles[title.textContent.trim().toLowerCase()]) title.textContent = titles[title.textContent.trim().toLowerCase()];
    toast.querySelector("button")?.setAttribute("aria-label", words.close);
    toast.querySelectorAll('[data-testid="toast-text"]').forEach((text) => {
      if (Object.values(words).includes(text.textContent)) return;
      text.textContent = notices.find(([pattern]) => pattern.test(text.textContent))?.[1] ?? words.failed;
      waiting(false);
      document.querySelectorAll(".hvb-turn:has(.hvb-busy)").forEach((turn) => turn.remove());
    });
  }

  new MutationObserver(() => document.querySelectorAll(".toast-body").forEach(translate)).observe(document.documentElement, {
    childList: true,
    subtree: true,
  });

  window.hoiVanBan = { attach, turn, reveal };
  turn("ask");
})();
