// Runs before the first paint, so that no other theme flashes. The studio reads and writes the same key.
(() => {
  let saved = {};
  try {
    saved = JSON.parse(localStorage.getItem("dudak-preferences") || "{}");
  } catch {
    // A damaged or refused store: the system's theme it is.
  }
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.dataset.theme =
    saved.theme === "light" || saved.theme === "dark" ? saved.theme : system;
  if (saved.language === "tr") document.documentElement.lang = "tr";
})();
