// Before anything is drawn: the theme this reader chose, if not the system's, and the presentation a link asks for.
(() => {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.hash.slice(1));
  let chosen = asked.get("theme");
  try { chosen ??= localStorage.getItem("theme"); } catch { /* storage may be refused */ }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  if (asked.has("present")) root.dataset.present = "";
})();
