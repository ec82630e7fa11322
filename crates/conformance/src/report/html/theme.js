// The switch between light, dark and what the system says.
(() => {
  const names = ["auto", "light", "dark"];
  const button = document.getElementById("theme");
  const show = (name) => {
    if (name === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    button.textContent = "Theme: " + name;
    button.dataset.name = name;
  };
  let kept = null;
  // A file opened without a server may have no storage.
  try { kept = localStorage.getItem("mynah-theme"); } catch {}
  show(names.includes(kept) ? kept : "auto");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = names[(names.indexOf(button.dataset.name) + 1) % names.length];
    show(next);
    try { localStorage.setItem("mynah-theme", next); } catch {}
  });
})();
