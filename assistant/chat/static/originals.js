// Original pages in the viewer: the switch between text and pages, what enlarges them, and pages that are fetched when asked for.
(() => {
  "use strict";

  const root = document.documentElement;
  const steps = [0.5, 0.75, 1, 1.5, 2, 3]; // widths of the column
  const fine = 1.5; // from which a page is fetched with more dots
  let view = null; // chosen by the reader, for all documents
  let zoom = 1;

  const article = () => document.querySelector("#hvb-viewer .hvb-document[data-view]");
  const paper = () => document.querySelector("#hvb-viewer .hvb-pages");

  function show(chosen) {
    const shown = article();
    if (!shown) return;
    shown.dataset.view = chosen;
    shown.querySelectorAll("[data-show]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.show === chosen));
  }

  // Of an enlarged page the image is fetched anew, once it comes near the window.
  function refine() {
    if (zoom < fine) return;
    paper()?.querySelectorAll("img[data-fine]").forEach((image) => {
      image.src = image.dataset.fine;
      delete image.dataset.fine;
    });
  }

  function enlarge(step) {
    const pages = paper();
    const place = Math.min(Math.max(steps.indexOf(zoom) + step, 0), steps.length - 1);
    if (!pages || steps[place] === zoom) return;
    const across = (pages.scrollLeft + pages.clientWidth / 2) / pages.scrollWidth;
    const down = (pages.scrollTop + pages.clientHeight / 2) / pages.scrollHeight;
    zoom = steps[place];
    root.style.setProperty("--hvb-zoom", zoom);
    root.toggleAttribute("data-enlarged", zoom > 1);
    pages.scrollLeft = across * pages.scrollWidth - pages.clientWidth / 2;
    pages.scrollTop = down * pages.scrollHeight - pages.clientHeight / 2;
    refine();
  }

  // Beside a scan its reading has a window of its own: the cited words come into the middle of it.
  function align() {
    paper()?.querySelectorAll(".hvb-read").forEach((read) => {
      const mark = read.querySelector("mark");
      if (!mark) return;
      const [inner, outer] = [mark.getBoundingClientRect(), read.getBoundingClientRect()];
      read.scrollTop += inner.top - outer.top - Math.max(0, (outer.height - inner.height) / 2);
    });
  }

  async function fetched(pages, first, last, more) {
    const answer = await fetch(`${pages.dataset.address}${first}-${last}.html?${pages.dataset.query}&more=${more}`);
    return answer.ok ? answer.text() : Promise.reject(new Error(answer.statusText));
  }

  async function add(button) {
    const pages = paper();
    const { more, first, last } = button.dataset;
    button.disabled = true;
    try {
      const html = await fetched(pages, first, last, more);
      const below = pages.scrollHeight - pages.scrollTop;
      const next = more === "before" ? button.nextElementSibling : null;
      button.insertAdjacentHTML("afterend", html);
      button.remove();
      if (next) pages.scrollTop = pages.scrollHeight - below; // what was seen stays where it was
      refine();
    } catch {
      button.disabled = false;
    }
  }

  function turnTo(figure, pages) {
    pages.scrollTop += figure.getBoundingClientRect().top - pages.getBoundingClientRect().top;
  }

  async function goTo(wanted) {
    const pages = paper();
    const count = Number(pages.dataset.count);
    const reach = Number(pages.dataset.reach);
    const page = Math.min(Math.max(Math.round(wanted) || 1, 1), count);
    let figure = pages.querySelector(`[data-page="${page}"]`);
    if (!figure) {
      try {
        pages.innerHTML = await fetched(pages, Math.max(1, page - reach), Math.min(count, page + reach), "both");
      } catch {
        return;
      }
      figure = pages.querySelector(`[data-page="${page}"]`);
      refine();
    }
    if (figure) turnTo(figure, pages);
  }

  // The number in the head follows the page that is being looked at.
  function follow() {
    const pages = paper();
    const input = document.querySelector("#hvb-viewer .hvb-goto");
    if (!pages || !input || document.activeElement === input) return;
    const middle = pages.getBoundingClientRect().top + pages.clientHeight / 3;
    const seen = [...pages.querySelectorAll(".hvb-page")].filter((figure) => figure.getBoundingClientRect().top <= middle).at(-1);
    if (seen) input.value = seen.dataset.page;
  }

  document.addEventListener("hvb-opened", () => {
    if (view) show(view);
    refine();
    align();
    const pages = paper();
    if (pages?.dataset.cited && !pages.querySelector("#cited")) {
      // the reader has gone far from the cited page, and asks for it once more
      goTo(Number(pages.dataset.cited)).then(() => window.hoiVanBan.reveal(false));
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#hvb-viewer :is([data-show], [data-zoom], [data-more])");
    if (!button) return;
    if (button.dataset.show) {
      view = button.dataset.show;
      show(view);
      align();
      window.hoiVanBan.reveal(false);
    } else if (button.dataset.zoom) enlarge(Number(button.dataset.zoom));
    else add(button);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("#hvb-viewer .hvb-goto")) goTo(Number(event.target.value));
  });
  let waits = false;
  document.addEventListener(
    "scroll",
    (event) => {
      if (waits || !event.target.matches?.(".hvb-pages")) return;
      waits = true;
      requestAnimationFrame(() => {
        waits = false;
        follow();
      });
    },
    true,
  );
  // An image that does not come is told in words, in its place.
  document.addEventListener(
    "error",
    (event) => {
      const image = event.target;
      if (!image.matches?.(".hvb-pages img") || image.dataset.failed) return;
      image.dataset.failed = "";
      const words = document.createElement("p");
      words.className = "hvb-notice";
      words.setAttribute("role", "status");
      words.textContent = image.closest(".hvb-pages").dataset.failed;
      image.after(words);
    },
    true,
  );
})();
