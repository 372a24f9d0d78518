// Fills in who is signed in at the top of the page, and goes to the sign-in page once a session has ended.
(() => {
  "use strict";

  const route = "/hoi-van-ban";

  function link(address, words) {
    const made = document.createElement("a");
    made.href = address;
    made.className = "hvb-language";
    made.textContent = words;
    return made;
  }

  function shown(place, visitor) {
    const words = place.dataset;
    const language = document.documentElement.lang;
    if (!visitor.accounts) return;
    if (!visitor.signed_in) {
      const here = encodeURIComponent(location.pathname + location.search);
      place.replaceChildren(link(`${route}/dang-nhap?lang=${language}&tiep=${here}`, words.signIn));
      return;
    }
    const form = document.createElement("form");
    form.method = "post";
    form.action = `${route}/dang-xuat`;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "lang", value: language });
    const button = document.createElement("button");
    button.className = "hvb-sign-out";
    button.textContent = words.signOut;
    form.append(field, button);
    const name = link(`${route}/mat-khau?lang=${language}`, visitor.name);
    name.title = words.change;
    place.replaceChildren(name, form);
  }

  async function ask(place) {
    const answer = await fetch(`${route}/toi`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const visitor = await answer.json();
    if (!visitor.may_read) location.reload();
    else shown(place, visitor);
  }

  function start() {
    const place = document.getElementById("hvb-who");
    if (!place) return false;
    ask(place);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) ask(document.getElementById("hvb-who") ?? place);
    });
    return true;
  }

  new MutationObserver((_, observer) => start() && observer.disconnect()).observe(document.documentElement, {
    childList: true,
    subtree: true,
  });
})();
