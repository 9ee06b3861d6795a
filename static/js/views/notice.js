/** What the page says beside its plots: short messages at its foot, and dialogs. */
import { t } from "../i18n.js";
import { element } from "./element.js";

/** A short message at the foot of the page; `action` is {words, press}. It goes by itself unless it has one. */
export function say(text, action = null) {
  document.querySelector(".note")?.remove();
  const close = () => note.remove();
  const note = element("div", { class: "note", role: "status" }, element("span", {}, text));
  if (action) note.append(element("button", { type: "button", onclick: () => { close(); action.press(); } }, action.words));
  note.append(element("button", { type: "button", onclick: close }, t("Close")));
  document.body.append(note);
  if (!action) setTimeout(close, 6000);
}

/** A dialog with a title, content and Close; `actions` are more buttons. */
export function showDialog(title, content, actions = []) {
  const dialog = element(
    "dialog",
    { class: "dialog", "aria-label": title },
    element("h2", {}, title),
    content,
    element(
      "div",
      { class: "foot" },
      ...actions,
      element("button", { class: "button", type: "button", onclick: () => dialog.close() }, t("Close")),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
