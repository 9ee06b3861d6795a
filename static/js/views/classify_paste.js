/** The dialog in which points are pasted: lines of x, y and a class; what is wrong is said with its line. */
import { t } from "../i18n.js";
import { parseSpec } from "../learning.js";
import { parsePoints } from "../points.js";
import { pasteProblem } from "./classify_words.js";
import { element } from "./element.js";
import { showDialog } from "./notice.js";

const EXAMPLE = "x, y, class\n1.5, 0.3, A\n-0.4, 2.1, B\n-1.2, -0.8, C";

/** Ask for points, as text or a file; `use(parsed)` gets them once they can be read, `open(spec)` a spec that was saved. */
export function askForPoints(use, open) {
  const area = element("textarea", {
    "aria-label": t("Points"),
    spellcheck: "false",
    "aria-describedby": "paste-problem",
    placeholder: EXAMPLE,
  });
  const problem = element("p", { class: "problem", id: "paste-problem", role: "alert", hidden: true });
  const file = element("input", { type: "file", accept: ".csv,.tsv,.txt,.json", hidden: true, onchange: async () => {
    area.value = await file.files[0].text();
    file.value = "";
    take.click();
  } });
  const from = element("button", { class: "button", type: "button", onclick: () => file.click() }, t("Open a file…"));
  const take = element("button", { class: "button primary", type: "button", onclick: () => {
    const spec = parseSpec(area.value);
    if (spec) {
      dialog.close();
      return open(spec);
    }
    const parsed = parsePoints(area.value);
    problem.hidden = !parsed.error;
    if (parsed.error) {
      problem.textContent = pasteProblem(parsed.error);
      return area.focus();
    }
    dialog.close();
    return use(parsed);
  } }, t("Use these points"));
  const dialog = showDialog(
    t("Paste points"),
    element(
      "div",
      { class: "paste" },
      element(
        "p",
        { class: "hint" },
        t("One point on each line: x, y and its class, from a table or a file. Up to 2,000 points and five classes."),
      ),
      area,
      problem,
      file,
    ),
    [take, from],
  );
  area.focus();
}
