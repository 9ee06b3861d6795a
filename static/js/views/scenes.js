/** The gallery: every scene with its number and what it teaches, opened from the head of the stage. */
import { t } from "../i18n.js";
import { anchor, element, icon } from "./element.js";

/** Fill the gallery; `open(scene)` is told what was chosen. */
export function createGallery(scenes, open) {
  const button = document.querySelector("#scenes");
  const menu = document.querySelector("#scenes-menu");
  const gallery = { button, menu, scenes, entries: [] };
  if (scenes.length < 2) return gallery;
  button.hidden = false;
  button.append(icon("down"));
  gallery.entries = scenes.map((scene, index) =>
    element(
      "button",
      {
        type: "button",
        class: "scene",
        "data-scene": scene.name,
        onclick: () => {
          menu.hidePopover();
          open(scene);
        },
      },
      element("span", { class: "nr" }, String(index + 1)),
      element("span", {}, element("strong", {}, scene.title), element("small", {}, scene.lesson)),
    ),
  );
  menu.replaceChildren(...gallery.entries);
  anchor(button, menu, "end");
  menu.addEventListener("keydown", (event) => move(gallery, event));
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") (menu.querySelector("[aria-current]") ?? gallery.entries[0]).focus();
  });
  return gallery;
}

/** Mark the scene that is shown. */
export function showGallery(gallery, scene) {
  for (const entry of gallery.entries) {
    if (entry.dataset.scene === scene?.name) entry.setAttribute("aria-current", "true");
    else entry.removeAttribute("aria-current");
  }
}

function move({ entries }, event) {
  const at = entries.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (next === undefined || at < 0) return;
  event.preventDefault();
  entries[(next + entries.length) % entries.length].focus();
}

/** What became of a prediction. */
export function verdict(scene, prediction) {
  if (!scene || prediction === null || scene.answer < 0) return null;
  const said = scene.choices[prediction];
  if (prediction === scene.answer) return t("You said: {said}. Right.", { said });
  return t("You said: {said}. It is: {right}.", { said, right: scene.choices[scene.answer] });
}
