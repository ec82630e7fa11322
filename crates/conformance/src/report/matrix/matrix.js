// Opens the disagreement that the URL names.
(() => {
  const go = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = named && named.querySelector(":scope > details");
    if (details) details.open = true;
    if (named) named.scrollIntoView();
  };
  addEventListener("hashchange", go);
  go();
})();
