// The evaluator's tab: it is drawn when it is opened, its progress bar moves, and question sets are sent to their own route.
(() => {
  "use strict";

  const ROUTE = "/hoi-van-ban/danh-gia";
  const EVERY = 700; // milliseconds between two looks at a run

  function press(css) {
    const button = document.querySelector(css);
    if (button?.offsetParent) button.click();
    return Boolean(button?.offsetParent);
  }

  // The tab holds nothing until it is opened for the first time.
  function freshen() {
    const button = document.querySelector("#hvb-bench button[data-fresh]");
    if (!button?.offsetParent) return;
    delete button.dataset.fresh;
    button.click();
  }

  let asking = false;
  async function look() {
    const bar = document.querySelector(".hvb-bench-running");
    if (!bar || asking) return;
    asking = true;
    try {
      const found = await (await fetch(`${ROUTE}/tien-do`, { cache: "no-store" })).json();
      if (found.run !== bar.dataset.run) {
        press(".hvb-bench-refresh");
      } else {
        const progress = bar.querySelector("progress");
        progress.max = Math.max(1, found.total);
        progress.value = found.done;
        bar.querySelector(".hvb-bench-done").textContent = bar.dataset.words.replace("{done}", found.done).replace("{total}", found.total);
      }
    } catch {
      // the server is away for a moment; the next look asks again
    } finally {
      asking = false;
    }
  }

  async function send(form) {
    const said = form.closest("details").querySelector(".hvb-bench-said");
    const say = (words) => {
      said.textContent = "";
      const line = document.createElement("p");
      line.className = "hvb-notice";
      line.textContent = words;
      said.append(line);
    };
    const words = form.dataset;
    const name = form.elements.name.value.trim();
    const file = form.elements.file.files[0];
    const body = file ?? form.elements.text.value;
    if (!name) return say(words.noName);
    if (!file && !body.trim()) return say(words.nothing);
    if ((file?.size ?? body.length) > 5 * 2 ** 20) return say(words.large);
    say(words.sending);
    try {
      const query = new URLSearchParams({ ten: name, ngon_ngu: words.language, tep: file?.name ?? "" });
      const options = { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body };
      const response = await fetch(`${ROUTE}/bo-cau-hoi?${query}`, options);
      said.innerHTML = (await response.json()).html ?? ""; // made and escaped by the server
      if (!said.innerHTML) return say(words.failed);
      if (response.ok) added();
    } catch {
      say(words.failed);
    }
  }

  // The list is drawn anew, and the set that was added is the one that is chosen.
  function added() {
    const part = document.getElementById("hvb-bench");
    const said = part.querySelector(".hvb-bench-said");
    const words = said.innerHTML;
    const choice = () => part.querySelector("select[name=set]");
    const size = choice()?.options.length ?? 0;
    new MutationObserver((_, observer) => {
      if ((choice()?.options.length ?? 0) <= size) return;
      observer.disconnect();
      choice().selectedIndex = choice().options.length - 1;
      part.querySelector(".hvb-bench-upload").open = true;
      part.querySelector(".hvb-bench-said").innerHTML = words;
    }).observe(part, { childList: true, subtree: true });
    press(".hvb-bench-refresh");
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".hvb-bench-send");
    if (button) send(button.closest("form"));
    if (event.target.closest?.("#hvb-bench :is([data-event=input], [data-act=compare])")) showNext();
  });

  // The browser's own words beside a file field are in the browser's language.
  document.addEventListener("change", (event) => {
    const file = event.target.closest?.(".hvb-bench-file input");
    if (file) file.closest("form").querySelector(".hvb-bench-chosen").textContent = file.files[0]?.name ?? "";
  });

  // What a button below the list brings comes into view.
  function showNext() {
    const result = () => document.getElementById("hvb-bench-result");
    new MutationObserver((changes, observer) => {
      if (!result()?.querySelector(".hvb-bench") || !changes.some((change) => result().contains(change.target))) return;
      observer.disconnect();
      requestAnimationFrame(() => result().scrollIntoView({ block: "start" }));
    }).observe(document.getElementById("hvb-bench-column"), { childList: true, subtree: true });
  }

  new MutationObserver(freshen).observe(document.documentElement, { childList: true, subtree: true });
  window.addEventListener("resize", () => setTimeout(freshen)); // a tab was opened
  setInterval(look, EVERY);
})();
