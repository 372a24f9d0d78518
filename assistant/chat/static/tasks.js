// The task list: filled when its tab is opened; what a press has drawn anew keeps the focus, and its count is read aloud.
(() => {
  "use strict";

  function open() {
    if (document.documentElement.dataset.tab === "tasks") document.querySelector("#hvb-task-found .hvb-opens")?.click();
  }

  let kept = null; // the key of the button that was pressed, and whether it turned the page

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#hvb-task-found button[data-key]");
    if (button) kept = { key: button.dataset.key, page: button.dataset.page };
  });

  function drawn() {
    open();
    const list = document.querySelector("#hvb-task-found .hvb-task-list");
    const said = document.querySelector("#hvb-task-form .hvb-said");
    if (list && said && said.textContent !== list.dataset.said) said.textContent = list.dataset.said;
    if (!list || !kept) return;
    const button = [...list.querySelectorAll("button[data-key]")].find((one) => one.dataset.key === kept.key);
    const table = list.querySelector(".hvb-scroll");
    if (kept.page) {
      table?.scrollIntoView({ block: "start" });
      table?.focus({ preventScroll: true });
    } else button?.focus({ preventScroll: true });
    kept = null;
  }

  new MutationObserver(open).observe(document.documentElement, { attributes: true, attributeFilter: ["data-tab"] });

  new MutationObserver((changes) => {
    const inside = (node) => node.closest?.("#hvb-task-found") ?? node.querySelector?.("#hvb-task-found");
    if (changes.some((change) => inside(change.target) || [...change.addedNodes].some(inside))) drawn();
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-said"] });

  // Gradio changes a form that it draws anew in place, and leaves what was typed in it: its fields follow what was drawn.
  new MutationObserver((changes) => {
    for (const { target } of changes) if (target.matches("form.hvb-filters")) target.reset();
  }).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
})();
