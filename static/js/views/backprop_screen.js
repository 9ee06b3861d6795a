/**
 * What the Backprop page shows of its state at a moment of the pass. Everything shown is of one pass: `state.ran` is the spec,
 * the iteration, the rows and the parameters that it was asked for, also while another one is on its way.
 */
import { t } from "../i18n.js";
import { knownAt, steepestParameter } from "../moments.js";
import { isOnData } from "../networkspec.js";
import { cell } from "../trajectory.js";
import { showAgain } from "./backprop_again.js";
import { drawGraph } from "./backprop_graph.js";
import { showLines } from "./backprop_lines.js";
import { showTable } from "./backprop_table.js";
import { headline } from "./backprop_words.js";
import { isPresenting } from "./chrome.js";
import { showKicker, showQuestion, showVerdict } from "./lede.js";
import { linesOf } from "./rules.js";
import { showGallery, verdict } from "./scenes.js";
import { showTicks } from "./transport.js";

/** Parameters stand in the run's columns in the order of the pass. */
export function order({ nodes }, index) {
  return nodes.slice(0, index).filter((node) => node.role === "parameter").length;
}

/** Show the moment `at`; `views` are the parts of the page, {graph, lines, table, again, lede, gallery, transport}. */
export function show({ state, player, soon, views }, at) {
  const shown = shownAt(state, at, soon);
  drawGraph(views.graph, shown);
  showLines(views.lines, shown);
  showTable(views.table, shown);
  showAgain(views.again, shown);
  showTicks(views.transport, marks(shown), player.steps);
  showLede(views, state, at);
  document.querySelector("#stage").dataset.kind = state.pass.kind;
  const live = document.querySelector("#live");
  live.setAttribute("aria-live", player.playing ? "off" : "polite");
  headline(live, shown);
}

/** The state as the views take it. */
function shownAt(state, at, soon) {
  const { page, pass, moments, ran } = state;
  const { spec, iteration, trajectory, parameters } = ran;
  const moment = moments[at] ?? moments[0];
  const rules = page.catalog.optimizers;
  const columnOf = (index) => parameters[order(pass, index)];
  const known = rules.find(({ name }) => name === spec.runs[0].optimizer);
  return {
    ...state, ...ran, at, moment, rules, columnOf,
    selected: state.picked ? state.selected : moment.phase === "update" ? parameterShown(state) : -1,
    onData: isOnData(spec.problem) ? (state.model?.points.length ?? 0) : 0,
    gradientOf: (index) => cell(trajectory, `gradient_${columnOf(index)}`, iteration),
    known: knownAt(moments, at),
    who: state.titleOf(spec.runs[0].optimizer),
    presenting: isPresenting(),
    rule: known ?? { lines: linesOf({ touch: soon }, { spec }, 0) },
  };
}

/** The update is shown for the parameter that was chosen, else for the one with the largest gradient. */
function parameterShown({ pass, selected }) {
  return pass.nodes[selected]?.role === "parameter" ? selected : steepestParameter(pass.nodes);
}

/** The question, or how its answer was; a prediction is answered when all gradients are known. */
function showLede({ lede, gallery }, state, at) {
  const { scene, moments, ran } = state;
  const asking = !state.answered && scene?.question;
  const answered = at >= moments.length - 2 || ran.iteration ? verdict(scene, state.prediction) : null;
  const question = t("Where does each number come from?"); // the lesson would give the answer away
  const lesson = asking ? question : answered ? "" : scene?.lesson;
  showQuestion(lede, asking ? scene : null);
  showKicker(lede, scene ? { number: state.page.scenes.indexOf(scene) + 1, title: scene.title, lesson } : { title: question, lesson: "" });
  showVerdict(lede, answered);
  showGallery(gallery, scene);
}

function marks({ moments, pass }) {
  const first = (phases) => moments.findIndex(({ phase }) => phases.includes(phase));
  const error = first(["loss"]) >= 0 ? first(["loss"]) : first(["forward"]);
  return [
    { step: error, label: pass.kind === "network" ? t("error") : t("result"), colour: "var(--ink-3)" },
    { step: moments.length - 1, label: t("update"), colour: "var(--ink-3)" },
  ];
}
