/** And again: the iterations of the run, their error as a line, and the way from one to the next. */
import { t } from "../i18n.js";
import { num } from "../numbers.js";
import { cell } from "../trajectory.js";
import { element, svg } from "./element.js";

/** `act.iterate(k)` goes to iteration k. */
export function createAgain(act) {
  const find = (id) => document.getElementById(id);
  const again = {
    words: find("iteration-words"),
    range: find("iteration"),
    spark: find("errors"),
    previous: find("iteration-back"),
    next: find("iteration-next"),
    key: "",
    shown: 0,
  };
  again.previous.addEventListener("click", () => act.iterate(again.shown - 1));
  again.next.addEventListener("click", () => act.iterate(again.shown + 1));
  again.range.addEventListener("input", () => act.iterate(Number(again.range.value)));
  again.root = svg("svg", { class: "chart spark", role: "img", "aria-label": t("Error by iteration") });
  again.spark.append(again.root);
  return again;
}

/** Show {trajectory, iteration, pass}. */
export function showAgain(again, { trajectory, iteration, pass }) {
  if (!trajectory) return;
  const width = again.spark.clientWidth;
  const key = [trajectory.version, trajectory.count, iteration, width, pass.kind].join();
  if (key === again.key) return;
  again.key = key;
  again.shown = iteration;
  const last = Math.max(0, trajectory.count - 1);
  again.range.max = String(last);
  again.range.value = String(iteration);
  again.range.style.setProperty("--v", `${(100 * iteration) / Math.max(1, last)}%`);
  const loss = num(cell(trajectory, "loss", iteration), 4);
  again.range.setAttribute("aria-valuetext", t("iteration {iteration}, error {loss}", { iteration, loss }));
  again.words.replaceChildren(
    t("Iteration {iteration}", { iteration }),
    element("span", { class: "n" }, element("i", { class: "v" }, pass.kind === "network" ? "C" : "f"), ` = ${loss}`),
  );
  again.previous.disabled = iteration <= 0;
  again.next.disabled = iteration >= last;
  drawErrors(again, trajectory, iteration, width, again.spark.clientHeight);
}

function drawErrors({ root }, trajectory, iteration, width, height) {
  if (width < 20 || height < 10) return;
  const losses = trajectory.columns.get("loss").subarray(0, trajectory.count);
  const [low, high] = [Math.min(0, ...losses), Math.max(...losses)];
  const x = (step) => 7 + ((width - 14) * step) / Math.max(1, trajectory.count - 1);
  const y = (loss) => height - 2 - ((height - 8) * (loss - low)) / (high - low || 1);
  const path = Array.from(losses, (loss, step) => `${step ? "L" : "M"}${x(step).toFixed(1)} ${y(loss).toFixed(1)}`).join("");
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  root.replaceChildren(
    svg("path", { d: path, class: "line", stroke: "var(--ink-2)", "stroke-width": 1.5 }),
    svg("circle", { cx: x(iteration), cy: y(losses[iteration]), r: 4, fill: "var(--ink)", stroke: "var(--paper)", "stroke-width": 1.5 }),
  );
}
