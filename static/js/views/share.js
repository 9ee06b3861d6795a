/** The menu of what can be taken away: link, picture, table, code. Every page gives what is its own and shares the rest. */
import { Refusal } from "../api.js";
import { t } from "../i18n.js";
import { curl, frame, pythonProgram } from "../snippets.js";
import { withLanguage } from "./address.js";
import { anchor, element, icon } from "./element.js";
import { say, showDialog } from "./notice.js";
import { pictureOf } from "./picture.js";

/**
 * Fill the menu. `share`: link() -> path and query or null, fragment() -> what only concerns the view, spec() -> the spec,
 * name() -> a file name without ending, and of the page's own `more` and `code`: [{icon, words, press, possible()}], where
 * an entry that is not possible now is not shown.
 */
export function createShare(share) {
  const button = document.querySelector("#share");
  const act = (press) => () => {
    menu.hidePopover();
    press();
  };
  const sometimes = [];
  const entry = ({ icon: name, words, press, possible }) => {
    const made = element("button", { type: "button", role: "menuitem", onclick: act(press) }, icon(name), element("span", {}, words));
    if (possible) sometimes.push([made, possible]);
    return made;
  };
  const menu = element(
    "div",
    { class: "menu share", id: "share-menu", popover: "auto", role: "menu", "aria-label": t("Share") },
    ...[
      { icon: "link", words: t("Copy link"), press: () => copyLink(share) },
      { icon: "picture", words: t("Picture as PNG"), press: () => savePicture(share, "png") },
      { icon: "picture", words: t("Picture as SVG"), press: () => savePicture(share, "svg") },
      { icon: "table", words: t("Steps as CSV"), press: () => saveTable(share) },
      ...(share.more ?? []),
    ].map(entry),
    element("hr", { role: "separator" }),
    ...[
      { icon: "code", words: t("Python code"), press: () => showCode(t("Python code"), pythonProgram(location.origin, share.spec())) },
      ...(share.code ?? []),
      {
        icon: "page",
        words: t("Frame for a course page"),
        possible: () => Boolean(share.link()),
        press: () => showCode(t("Frame for a course page"), frame(location.origin, withLanguage(share.link()), document.title)),
      },
      {
        icon: "terminal",
        words: t("curl command"),
        press: () => showCode(t("curl command"), curl(location.origin, share.link(), share.spec())),
      },
    ].map(entry),
  );
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("[role=menuitem]:not([hidden])")];
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items[(next + items.length) % items.length].focus();
  });
  menu.addEventListener("beforetoggle", () => {
    for (const [made, possible] of sometimes) made.hidden = !possible();
  });
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") menu.querySelector("[role=menuitem]").focus();
  });
  document.body.append(menu);
  anchor(button, menu, "end");
}

async function copyLink(share) {
  const link = share.link();
  if (!link)
    return say(t("This is too long for a link. Save the spec as a file instead."), { words: t("Save"), press: () => saveSpec(share) });
  const address = addressOf(share);
  if (await copied(address)) say(t("Link copied: it shows exactly this."));
  else showCode(t("Copy link"), address);
}

/** The whole address of what is shown; null where it is too long for a link. */
function addressOf(share) {
  const link = share.link();
  return link && `${location.origin}${withLanguage(link)}${share.fragment()}`;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A dialog with code that can be copied. */
export function showCode(title, code) {
  const copy = element("button", { class: "button primary", type: "button", onclick: async () => {
    if (await copied(code)) copy.textContent = t("Copied");
  } }, t("Copy"));
  showDialog(title, element("pre", { tabindex: "0" }, element("code", {}, code)), [copy]);
}

/** The spec as a file. */
export function saveSpec(share) {
  save(new Blob([JSON.stringify(share.spec(), null, 2)], { type: "application/json" }), `${share.name()}.json`);
}

async function saveTable(share) {
  try {
    const response = await fetch("/api/v1/trajectories?format=csv", {
      method: "POST", headers: { "Content-Type": "application/json", Accept: "text/csv" }, body: JSON.stringify(share.spec()),
    });
    if (!response.ok) throw new Refusal(await response.json());
    save(await response.blob(), `${share.name()}.csv`);
  } catch (error) {
    say(t("The table could not be made: {why}", { why: error.message }));
  }
}

/** The service's interactive figure of a link as one file that needs nothing else. */
export async function saveHandOut(share, figure, theme) {
  const link = share.link();
  if (!link) return say(t("This is too long for a link. Save the spec as a file instead."), { words: t("Save"), press: () => saveSpec(share) });
  try {
    const query = new URLSearchParams({ format: "html", theme, lang: document.documentElement.lang.slice(0, 2) });
    const response = await fetch(`/api/v1/figures/${figure}${new URL(link, location.origin).search}&${query}`);
    if (!response.ok) throw new Refusal(await response.json());
    save(await response.blob(), `${share.name()}.html`);
  } catch (error) {
    say(t("The hand-out could not be made: {why}", { why: error.message }));
  }
  return null;
}

async function savePicture(share, format) {
  const stage = document.querySelector("#stage");
  const address = addressOf(share) ?? location.href;
  try {
    const words = { address, title: document.title, description: stage.querySelector("#live")?.textContent ?? "" };
    save(await pictureOf(stage, format, words), `${share.name()}.${format}`);
    if (format === "svg" && document.querySelector("#surface .plotly-host")?.checkVisibility()) {
      say(t("Saved as vectors; only the surface in space is a bitmap inside it, because the graphics card draws it."));
    }
  } catch (error) {
    say(t("The picture could not be made: {why}", { why: error.message }));
  }
}

/** Hand a file to the browser. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
