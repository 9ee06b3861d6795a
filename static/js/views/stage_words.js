/** The words on the stage: scene, question, the live sentence, what stands beside each panel's title, milestones. */
import { t } from "../i18n.js";
import { num, plainNumber } from "../numbers.js";
import { value } from "../program.js";
import { problemOf, settingAt } from "../settings.js";
import { cell, ended, gradient, point, rowAt, settles, tail } from "../trajectory.js";
import { holdRoom, showKicker, showQuestion, showSentence, showVerdict } from "./lede.js";
import { lossIsLog } from "./loss.js";
import { curvatureWords, slopeWords } from "./overlays.js";
import { showGallery, verdict } from "./scenes.js";
import { catalogRow } from "./stage_map.js";
import { showTicks } from "./transport.js";

/** Say what is to be seen; while it moves readers are left in peace. */
export function showWords(page, state, rest) {
  holdRoom(page.lede, Boolean(page.gesture));
  const chosen = state.runs[page.selected] ?? state.runs[0];
  const row = catalogRow(page);
  const title = page.scene ? page.scene.title : (row?.title ?? fittedTitle(page) ?? t("Your own function"));
  showKicker(page.lede, {
    number: page.scene ? page.scenes.indexOf(page.scene) + 1 : 0,
    title,
    lesson: page.scene?.lesson ?? row?.lesson ?? fittedLesson(page) ?? "",
  });
  showQuestion(page.lede, page.answered ? null : page.scene);
  showVerdict(page.lede, page.seen >= state.steps ? verdict(page.scene, page.prediction) : null);
  showGallery(page.gallery, page.scene);
  showSentence(page.lede, factOf(page, state, chosen), !rest);
  asides(page, state);
  showMilestones(page, state);
  showPromise(page, state);
}

/** The chart of losses is empty before the first step: say what will stand there. */
function showPromise(page, state) {
  const empty = state.seen === 0 && state.step === 0 && !state.ghosts.length;
  document.querySelector("#loss-promise").hidden = !empty;
  if (empty) write("#loss-promise", page.answered ? t("The losses appear here as it plays.") : t("Hidden until you answer or press Play."));
}

const kindOf = (page) => problemOf(page.spec, page.selected)?.kind;

function fittedTitle(page) {
  return { linear: t("A line through points"), logistic: t("Logistic regression") }[kindOf(page)];
}

function fittedLesson(page) {
  return {
    linear: t("every point pulls with the square of its distance; least squares has the answer in one step."),
    logistic: t("every point pulls until it is on the right side, and then lets go."),
  }[kindOf(page)];
}

/** What the sentence about a run says. */
export function factOf(page, state, { trajectory, identity, index }) {
  const row = rowAt(trajectory, state.step);
  const slope = gradient(trajectory, state.parameters, row);
  const over = ended(trajectory) && row >= trajectory.count - 1;
  const span = Math.min(...state.map.window.map(([low, high]) => high - low));
  return {
    who: identity.name,
    colour: identity.colour,
    dashName: identity.dashName,
    step: state.step,
    row,
    over,
    status: trajectory.status,
    point: point(trajectory, state.parameters, row),
    loss: cell(trajectory, "loss", row),
    slope: slope ? Math.hypot(...slope) : NaN,
    steepest: over ? steepest(trajectory, state.parameters) : NaN,
    lr: settingAt(state.spec, index, "lr", row) ?? NaN,
    minima: state.map.marks,
    reach: span * 0.02,
    ...(over && { tail: tail(trajectory, state.parameters), from: point(trajectory, state.parameters, 0) }),
  };
}

const slopes = new WeakMap();

/** The greatest slope that a run has met; looked for once. */
function steepest(trajectory, parameters) {
  const known = slopes.get(trajectory);
  if (known?.version === trajectory.version && known.count === trajectory.count) return known.most;
  let most = 0;
  for (let row = 0; row < trajectory.count; row += 1) most = Math.max(most, Math.hypot(...gradient(trajectory, parameters, row)));
  slopes.set(trajectory, { version: trajectory.version, count: trajectory.count, most });
  return most;
}

function asides(page, state) {
  const { map, hover } = state;
  const log = map.scale.log;
  write("#surface-aside", log ? t("drag to turn · height is log loss") : t("drag to turn · height is loss"));
  const at = hover?.point && map.variables.length === hover.point.length ? hover.point : null;
  write(
    "#contour-aside",
    state.asked
      ? t("tap your answer here")
      : page.fog
        ? fogWords(state)
        : page.theory && map.variables.length === 2
          ? curvatureWords(page, state)
          : at
            ? t("f({point}) = {value}", {
                point: at.map((v) => plainNumber(Number(v.toPrecision(3)))).join(", "),
                value: valueText(map, at),
              })
            : log
              ? t("lines every half decade · click to set the start")
              : t("evenly spaced lines · click to set the start"),
  );
  const over = state.asked
    ? t("tap your answer here")
    : state.fog
      ? fogWords(state)
      : page.theory && map.variables.length === 1
        ? slopeWords(page, state)
        : "";
  write(
    "#curve-aside",
    over ||
      (at && map.variables.length === 1
        ? t("f({point}) = {value}", { point: plainNumber(Number(at[0].toPrecision(3))), value: valueText(map, at) })
        : t("tangent and next step of the selected run · click to set the start")),
  );
  page.stage.loss.isLog = lossIsLog(state, page.stage.loss.range);
  const held = state.runs.some((run) => run.trajectory.columns.has("held_out_loss")) ? ` · ${t("thin: held out")}` : "";
  write("#loss-aside", (page.stage.loss.isLog ? t("log scale, per step") : t("linear scale, per step")) + held);
}

function fogWords(state) {
  if (state.step >= 60) return t("The sun has set after 60 gradient evaluations: wherever you stand, you stay.");
  return t("Only the ground around each walker is seen; the sun sets in {steps} steps.", { steps: 60 - state.step });
}

function valueText(map, at) {
  return num(value(map.program, at), 3);
}

function write(id, text) {
  const place = document.querySelector(id);
  if (place.textContent === text) return;
  place.textContent = text;
  if (place.localName !== "button") place.title = text; // where the column is too narrow for it
}

function showMilestones(page, state) {
  if (!state.lossFloor.known) return void showTicks(page.transport, [], state.steps);
  const goal = 0.01;
  const marks = state.runs.filter((run) => run.visible && ended(run.trajectory)).flatMap((run) => {
    const at = settles(run.trajectory, goal, state.lossFloor.floor);
    return at > 0 && at <= page.seen && at < 0.97 * state.steps
      ? [{ step: at, label: t("{who} below {goal}", { who: run.identity.name, goal }), colour: run.identity.colour }]
      : [];
  });
  const key = JSON.stringify([marks, state.steps]);
  if (page.stage.marksKey === key) return;
  page.stage.marksKey = key;
  showTicks(page.transport, marks, state.steps);
}
