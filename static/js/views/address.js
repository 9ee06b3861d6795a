/** The address of a page: the spec in the query, what is shown of it in the fragment, the language where it had one. */

/** A link in the language of the address, where that names one: links carry it only then. */
export function withLanguage(link) {
  const lang = new URLSearchParams(location.search).get("lang");
  return lang ? `${link}${link.includes("?") ? "&" : "?"}lang=${lang}` : link;
}

/** Write a link and its fragment into the address: with "push" as a place that Back leads to again, else over the last. */
export function writeAddress(link, fragment, kept, way) {
  if (link) history[way === "push" ? "pushState" : "replaceState"](kept, "", withLanguage(link) + fragment);
}

/** The number of up to five digits that the fragment gives a name; null where it gives none. */
export function inFragment(name) {
  const said = new URLSearchParams(location.hash.slice(1)).get(name) ?? "";
  return /^\d{1,5}$/.test(said) ? Number(said) : null;
}
