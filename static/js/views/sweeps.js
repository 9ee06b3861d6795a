/** What the service sweeps for the page: each run's own best rate. */
import { postLines, Refusal } from "../api.js";
import { t } from "../i18n.js";
import { num, plainNumber } from "../numbers.js";
import { best } from "../sweep.js";
import { element, swatch } from "./element.js";
import { say } from "./notice.js";

const RATES = { low: 1e-4, high: 10, count: 101, scale: "log" };

/**
 * Fair mode: the best rate of every run that has one, found one sweep after the other. `on.progress(done, of)`; resolves to
 * [{index, rate, curve}] or null when it was cancelled or refused.
 */
export async function bestRates(spec, goal, on, signal) {
  const indices = spec.runs.flatMap((run, index) => ("lr" in (run.settings ?? {}) ? [index] : []));
  const found = [];
  try {
    for (const [place, index] of indices.entries()) {
      const body = { spec: { ...spec, changes: [] }, run: index, over: { lr: RATES }, ...(goal === null ? {} : { goal: { loss: goal } }) };
      await postLines("/sweeps", body, (line) => {
        if (line.type === "progress") on.progress(place * line.of + line.done, indices.length * line.of);
        if (line.type === "result") {
          const at = best(line);
          if (at >= 0) found.push({ index, rate: Number(line.over.lr[at].toPrecision(4)), curve: line, at });
        }
      }, signal);
    }
  } catch (error) {
    if (error.name !== "AbortError") say(error instanceof Refusal ? error.message : t("The server does not answer; what runs goes on."));
    return null;
  }
  return found;
}

/** The curves of a fair race, one under the other: steps to the goal, or the loss at the end, against the rate. */
export function curvesOf(found, identities, goal) {
  return element(
    "div",
    { class: "curves" },
    ...found.map(({ index, rate, curve, at }) => {
      const reached = curve.steps[at] !== null;
      const words = reached
        ? t("{rate}: at the goal after {steps} steps", { rate: plainNumber(rate), steps: curve.steps[at] })
        : t("{rate}: loss {loss} at the end", { rate: plainNumber(rate), loss: num(curve.loss[at], 3) });
      return element(
        "div",
        { class: "curve" },
        element("span", { class: "line" }, swatch(identities[index])),
        element("strong", {}, identities[index].name),
        element("span", {}, words),
        sparkline(curve, at, identities[index].colour, reached),
      );
    }),
    element(
      "p",
      { class: "hint" },
      goal === null
        ? t("Loss at the end against the learning rate, 0.0001 to 10.")
        : t("Steps to the goal against the learning rate, 0.0001 to 10; gaps never arrive."),
    ),
  );
}

function sparkline(curve, at, colour, reached) {
  const [width, height] = [220, 34];
  const values = curve.loss.map((loss, i) =>
    reached ? curve.steps[i] : curve.state[i] === "finished" && Number.isFinite(loss ?? NaN) ? loss : null,
  );
  const known = values.filter((v) => v !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (i) => 3 + (i / (values.length - 1)) * (width - 6);
  const y = (v) => 4 + (1 - (v - low) / (high - low || 1)) * (height - 8);
  let pen = "";
  const path = values.map((v, i) => {
    if (v === null) {
      pen = "";
      return "";
    }
    const command = `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
    pen = "L";
    return command;
  }).join("");
  const node = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  node.setAttribute("viewBox", `0 0 ${width} ${height}`);
  node.setAttribute("aria-hidden", "true");
  node.innerHTML = `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.6"/><circle cx="${x(at)}" cy="${y(values[at])}" r="3.5" fill="${colour}"/>`;
  return node;
}
