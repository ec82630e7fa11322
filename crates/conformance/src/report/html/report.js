// Search and filters, kept in the part of the URL behind #: `#ANCHOR?q=…&v=fail,lenient&e=ENDPOINT`.
(() => {
  const cases = [...document.querySelectorAll("article.case")];
  const form = document.getElementById("filters");
  const search = form.querySelector("input[type=search]");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const endpoint = form.querySelector("select");
  const status = form.querySelector("[role=status]");
  const texts = new Map();
  let anchor = "";
  let marked = null;

  const text = (one) => {
    if (!texts.has(one)) {
      const parts = [...one.querySelectorAll("[data-s]")].map((part) => part.textContent);
      texts.set(one, parts.join(" ").toLowerCase());
    }
    return texts.get(one);
  };

  const split = () => {
    const hash = location.hash.slice(1);
    const at = hash.indexOf("?");
    return at < 0 ? [hash, null] : [hash.slice(0, at), new URLSearchParams(hash.slice(at + 1))];
  };

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = boxes.filter((box) => box.checked).map((box) => box.value);
    let shown = 0;
    for (const one of cases) {
      const fits = (!verdicts.length || verdicts.includes(one.dataset.v))
        && (!endpoint.value || one.dataset.e === endpoint.value)
        && words.every((word) => text(one).includes(word));
      one.hidden = !fits;
      shown += fits;
    }
    for (const group of document.querySelectorAll("section.group")) {
      group.hidden = !group.querySelector("article.case:not([hidden])");
    }
    status.textContent = shown === cases.length ? `all ${shown} cases` : `${shown} of ${cases.length} cases`;
  };

  const write = () => {
    const state = new URLSearchParams();
    if (search.value) state.set("q", search.value);
    const verdicts = boxes.filter((box) => box.checked).map((box) => box.value);
    if (verdicts.length) state.set("v", verdicts.join(","));
    if (endpoint.value) state.set("e", endpoint.value);
    const told = state.toString();
    history.replaceState(null, "", "#" + anchor + (told ? "?" + told : ""));
  };

  const read = () => {
    const [place, state] = split();
    anchor = place;
    // A link inside the page names a place only: the filters stay as they are.
    if (state) {
      search.value = state.get("q") || "";
      const verdicts = (state.get("v") || "").split(",");
      for (const box of boxes) box.checked = verdicts.includes(box.value);
      endpoint.value = state.get("e") || "";
    }
    apply();
    if (!state) write();
    go();
  };

  const go = () => {
    if (marked) marked.classList.remove("here");
    marked = anchor ? document.getElementById(anchor) : null;
    if (!marked) return;
    for (let up = marked; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
      if (up.matches("article.case, section.group")) up.hidden = false;
    }
    const inner = marked.querySelector(":scope > details");
    if (inner) inner.open = true;
    if (marked.matches("article.case, .check, .passed li")) marked.classList.add("here");
    marked.scrollIntoView();
  };

  const changed = () => { anchor = ""; if (marked) marked.classList.remove("here"); apply(); write(); };
  search.addEventListener("input", changed);
  for (const box of boxes) box.addEventListener("change", changed);
  endpoint.addEventListener("change", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(changed));
  addEventListener("hashchange", read);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.matches("input, select, textarea")) {
      event.preventDefault();
      search.focus();
    }
  });
  form.hidden = false;
  read();
})();
