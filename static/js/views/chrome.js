/**
 * What every page has around its plots: its data, the theme, presentation, the language link, the phone's sheet, the menu
 * of things to take away, and the list of keys.
 */
import { setMessages, t } from "../i18n.js";
import { worded } from "../problems.js";
import { makeTheme } from "../theme.js";
import { element } from "./element.js";
import { say, showDialog } from "./notice.js";
import { createShare } from "./share.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
export const phone = matchMedia("(max-width: 760px)");
const root = document.documentElement;

/** The page's data block, its words set. */
export function readPage() {
  const page = JSON.parse(document.querySelector("#page").textContent);
  setMessages(page.messages);
  return page;
}

/** Whether the page is shown dark. */
export function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
}

/** Whether the page is being presented. */
export function isPresenting() {
  return "present" in root.dataset;
}

/** The theme that figures are drawn with now. */
export function currentTheme(tokens) {
  return makeTheme(tokens, { dark: isDark(), present: isPresenting() });
}

/**
 * Wire the header. `on.changed()` hears of another theme, presentation or window; `on.keys` are the page's own keys,
 * [{keys: ["t"], words, press}]; `on.share` is what can be taken away (see share.js); `on.link()` gives the address of
 * what is shown, path and query, or null.
 */
export function createChrome(on) {
  const chrome = { on, keys: allKeys(on), menu: null };
  const act = { theme: switchTheme, present: togglePresent, keys: showKeys, sheet: toggleSheet, "close-sheet": () => closeSheet() };
  document.addEventListener("click", (event) => {
    const action = event.target.closest?.("[data-action]")?.dataset.action;
    act[action]?.(chrome);
  });
  document.addEventListener("keydown", (event) => press(chrome, event));
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest?.("#rail, .bar, .menu, dialog, .note")) closeSheet(false);
  });
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && isPresenting()) setPresenting(chrome, false);
  });
  dark.addEventListener("change", () => on.changed());
  phone.addEventListener("change", () => on.changed());
  new ResizeObserver(() => on.changed()).observe(document.querySelector("#stage"));
  document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // where the list of pages is cut off
  wireLanguage(on);
  createShare(on.share);
  return chrome;
}

/** Say once what of the address was not understood. */
export function sayIgnored(ignored) {
  if (!ignored.length) return;
  const names = worded({ errors: ignored }).errors.map(({ field, message }) => (field ? `${field} ${message}` : message));
  say(t("Not used from the link: {what}", { what: names.join(" ") }), { words: t("Fine"), press: () => {} });
}

/* theme, presentation */

function switchTheme(chrome) {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch { /* a browser that stores nothing still changes colours */ }
  chrome.on.changed();
}

function togglePresent(chrome) {
  const presenting = !isPresenting();
  setPresenting(chrome, presenting);
  if (presenting) root.requestFullscreen?.().catch(() => {});
  else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
}

function setPresenting(chrome, presenting) {
  if (presenting) root.dataset.present = "";
  else delete root.dataset.present;
  chrome.on.changed();
}

/* language: the same page, with what it shows now */

function wireLanguage(on) {
  const link = document.querySelector("#language");
  link.addEventListener("click", () => {
    const target = new URL(link.href);
    const here = on.link();
    const address = here ? new URL(here, location.origin) : target;
    address.searchParams.delete("lang");
    const query = address.search.slice(1);
    const lang = target.searchParams.get("lang");
    link.href = `${address.pathname}?${query ? `${query}&` : ""}lang=${lang}${location.hash}`;
  });
}

/* the phone's sheet */

const rail = () => document.querySelector("#rail");

function toggleSheet() {
  const sheet = rail();
  if (sheet.hasAttribute("data-open")) return closeSheet();
  sheet.setAttribute("data-open", "");
  document.querySelector(".sheetbtn").setAttribute("aria-expanded", "true");
  sheet.querySelector(".done")?.focus({ preventScroll: true });
}

function closeSheet(refocus = true) {
  const sheet = rail();
  if (!sheet?.hasAttribute("data-open")) return;
  sheet.removeAttribute("data-open");
  const button = document.querySelector(".sheetbtn");
  button.setAttribute("aria-expanded", "false");
  if (refocus) button.focus();
}

/* keys */

function allKeys(on) {
  return [
    { keys: [t("Space")], words: t("play or pause") },
    { keys: ["←", "→"], words: t("one step; with Shift ten") },
    { keys: ["Home", "End"], words: t("to the start, to the end") },
    { keys: ["[", "]"], words: t("slower, faster") },
    ...on.keys,
    { keys: ["d"], words: t("dark or light"), press: (chrome) => switchTheme(chrome) },
    { keys: ["p"], words: t("present; Esc ends it"), press: (chrome) => togglePresent(chrome) },
    { keys: ["?"], words: t("these keys"), press: (chrome) => showKeys(chrome) },
  ];
}

function press(chrome, event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape(chrome);
  if (event.target.closest?.("input:not([type=range]):not([type=checkbox]), select, textarea, dialog, [popover]")) return;
  const entry = chrome.keys.find(({ keys, press: does }) => does && keys.includes(event.key));
  if (!entry) return;
  event.preventDefault();
  entry.press(chrome, event);
}

function escape(chrome) {
  if (rail()?.hasAttribute("data-open")) closeSheet();
  else if (isPresenting() && !document.querySelector("dialog[open]")) togglePresent(chrome);
}

function showKeys(chrome) {
  const list = element("dl", { class: "keys" }, ...chrome.keys.flatMap(({ keys, words }) => [
    element("dt", {}, ...keys.flatMap((key, index) => [index ? " " : "", element("kbd", {}, key)])),
    element("dd", {}, words),
  ]));
  showDialog(t("Keys"), list);
}
