/** The rail beside the stage: optimizers, formula, what all runs share, and the two panels that share a place. */
import { suggestedGoal } from "../arrival.js";
import { t } from "../i18n.js";
import { isFitted } from "../fitted.js";
import { plainNumber } from "../numbers.js";
import { problemOf, startOf } from "../settings.js";
import { cell } from "../trajectory.js";
import { showArrival } from "./arrival.js";
import { showData } from "./data_panel.js";
import { showFormula } from "./formula.js";
import { showOptimizers } from "./optimizers.js";
import { problemKey } from "./stage_map.js";
import { whoIs } from "./stage_state.js";
import { showWindow } from "./window.js";

const find = (id) => document.querySelector(id);

/** Show the rail; `state` is missing until there is something to draw. */
export function showRail(page, state) {
  const spec = page.spec;
  page.stage.railDirty = false;
  showOptimizers(page.optimizers, {
    spec,
    step: page.player.step,
    identities: whoIs(page, spec),
    selected: page.selected,
    hidden: page.hidden,
    problems: page.problems,
    gauges: state?.gauges,
  });
  showRunning(page);
  showFormula(page.formula, {
    problem: problemOf(spec, page.selected),
    map: page.answerKey === problemKey(page) ? page.answer : null,
    start: startOf(spec, page.selected),
  });
}

/** Steps, noise and seed. */
function showRunning(page) {
  const { steps, seed } = page.spec;
  const values = { "#steps": steps, "#noise": problemOf(page.spec, page.selected)?.noise ?? 0, "#seed": seed ?? 0 };
  for (const [id, number] of Object.entries(values)) {
    const input = find(id);
    if (document.activeElement !== input) input.value = plainNumber(number);
  }
  find("#noise").closest(".field").hidden = isFitted(problemOf(page.spec, page.selected));
  showWindow(page);
  page.stage.quad.dataset.fog = String(page.fog);
  if (page.stage.surface) {
    find("#surface-missing").hidden = !page.fog;
    find("#surface-missing").textContent = t("In the fog nobody sees the mountain.");
  }
}

const PANELS = [["#why-panel", "why"], ["#arrival", "arrival"], ["#points-panel", "points"]];

/** The part of the data that a step of each run looks at. */
function sharesOf({ spec, runs, map }) {
  return runs.map(({ index }) => {
    const { mode, size } = spec.runs[index].batch ?? spec.batch ?? { mode: "full" };
    const count = map.data?.points.length ?? 1;
    return mode === "full" ? 1 : Math.min(1, (mode === "stochastic" ? 1 : size) / count);
  });
}

/** The panel under the contour: the step, the points, or the order of arrival, while its panel is open. */
export function showBoard(page, state) {
  const panel = page.panel === "points" && !state.map.data ? "why" : page.panel;
  for (const [id, name] of PANELS) find(id).hidden = panel !== name;
  for (const tab of document.querySelectorAll("[data-panel=points]")) tab.hidden = !state.map.data;
  if (panel === "points") showData(page.points, page, state);
  if (panel !== "arrival") return;
  const first = cell(state.runs[0].trajectory, "loss", 0);
  const { known } = state.lossFloor;
  const floor = known ? state.lossFloor.floor : 0;
  page.goal ??= suggestedGoal(first, floor);
  showArrival(page.arrival, { runs: state.runs, goal: page.goal, floor, known, seen: page.seen, shares: sharesOf(state) });
}
