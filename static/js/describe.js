/**
 * What happens, in one sentence: the page's headline, and what a screen reader hears. Sentences are translated whole;
 * `parts` splits one at its values so that a view can set names and numbers apart.
 */
import { fix, num } from "./numbers.js";
import { mark, t } from "./i18n.js";

const STUCK = 1e-3; // a slope below this fraction of the greatest one met is hardly a slope

/** A translated sentence as [{text}] and [{slot, text}], in the language's own order. */
export function parts(sentence, values) {
  const marked = t(sentence, Object.fromEntries(Object.keys(values).map((key) => [key, `\u0001${key}\u0002`])));
  return marked
    .split(/\u0001|\u0002/)
    .map((piece, index) => (index % 2 ? { slot: piece, text: String(values[piece]) } : { text: piece }))
    .filter((part) => part.text !== "");
}

/** The parts as plain text. */
export function plain(sentenceParts) {
  return sentenceParts.map((part) => part.text).join("");
}

/** (0.91, 0.83), or 0.91 on a line. Two decimals, unless all of it is smaller than that and still to be told from 0. */
export function pointText(point) {
  const size = Math.max(...point.map(Math.abs));
  const text = (v) => {
    if (Math.abs(v) >= 1e5) return num(v, 3);
    if (size > 1e-9 && size < 0.02) return Math.abs(v) < size / 1000 ? "0" : num(v, 2);
    return fix(v, 2);
  };
  const numbers = point.map(text);
  return numbers.length === 1 ? numbers[0] : `(${numbers.join(", ")})`;
}

/**
 * The live sentence about one run at `step`: {who, step, row, point, loss, slope, steepest, status, lr, minima, reach, over}.
 * `minima` are [{point, value}], the lowest first; `over` says that the run will make no more steps, and then `tail` are
 * the points of its last rows and `from` its first one.
 */
export function sentence(fact) {
  const { who, step, row, point, status } = fact;
  if (!point) return parts("{who} cannot start here: the function is not defined at this point.", { who });
  const common = { who, point: pointText(point), loss: num(fact.loss, 3), steps: step };
  if (step > row) return troubled(fact, common, status);
  if (step === 0) return parts("{who} starts at {point}, where the loss is {loss}.", common);
  if (fact.over) {
    const place = arrivedAt(fact);
    if (place) return parts(place, common);
    const around = fact.minima.find(({ point: minimum }) => circles(fact, minimum));
    if (around) {
      const unsettled = mark("{who} has not settled: after {steps} steps it still moves around the minimum at {minimum}, loss {loss}.");
      return parts(unsettled, { ...common, minimum: pointText(around.point) });
    }
    if (fact.slope < STUCK * fact.steepest && fact.slope > 0) {
      return parts("{who} hardly moves at {point}: the slope is only {slope}, after {steps} steps.", {
        ...common,
        slope: num(fact.slope, 2),
      });
    }
  }
  if (step === 1) return parts("{who} is at {point}, loss {loss}, after 1 step.", common);
  return parts("{who} is at {point}, loss {loss}, after {steps} steps.", common);
}

/** The same about a run whose parameters say little to a reader, such as a network's. */
export function progress(fact) {
  const { who, step, row, status } = fact;
  if (row < 0) return parts("{who} cannot start here: the function is not defined at this point.", { who });
  const common = { who, loss: num(fact.loss, 3), steps: row };
  return step > row && status?.state !== "finished"
    ? troubled(fact, common, status)
    : parts("{who} has loss {loss} after {steps} steps.", common);
}

function troubled(fact, common, status) {
  const values = { ...common, steps: status?.step ?? fact.row, lr: num(fact.lr, 2) };
  if (status?.state === "diverged") {
    const because = mark("{who} diverged after step {steps}: a learning rate of {lr} is too large here.");
    return parts(Number.isFinite(fact.lr) ? because : mark("{who} diverged after step {steps}."), values);
  }
  if (status?.state === "left_domain") {
    return parts("{who} stopped after step {steps}: the next step leads where the function is not defined.", values);
  }
  const why = {
    singular_hessian: mark(
      "{who} stopped after step {steps}: the curvature is singular there, so there is no Newton step.",
    ),
    indefinite_hessian: mark(
      "{who} stopped after step {steps}: the curvature is not positive there, so the Newton step would climb.",
    ),
    no_descent: mark("{who} stopped after step {steps}: it found no way further down."),
    rule_undefined: mark(
      "{who} stopped after step {steps}: its rule has no next step there, as when it divides by zero.",
    ),
  }[status?.code];
  if (why) return parts(why, values);
  return parts(
    common.point
      ? "{who} is at {point}, loss {loss}, after {steps} steps."
      : "{who} has loss {loss} after {steps} steps.",
    { ...common, steps: fact.row },
  );
}

const STILL = 0.25; // of the reach, 0.5 % of the window: who moves less than that is seen to stand

const distance = (a, b) => Math.hypot(...a.map((v, i) => v - b[i]));
const centreOf = (points) => points[0].map((_, i) => points.reduce((sum, point) => sum + point[i], 0) / points.length);
const spread = (points, place) => Math.sqrt(points.reduce((sum, point) => sum + distance(point, place) ** 2, 0) / points.length);

/** At the end of a run: which minimum it stands in, when it stands in one. */
function arrivedAt({ tail, minima, reach }) {
  if (spread(tail, centreOf(tail)) > STILL * reach) return null;
  const near = minima.findIndex((minimum) => tail.every((point) => distance(point, minimum.point) < reach));
  if (near < 0) return null;
  const lowest = minima[0].value;
  const deeper = minima[near].value > lowest + 1e-6 * Math.max(1, Math.abs(lowest));
  if (deeper) return mark("{who} is trapped in a shallow minimum at {point}, loss {loss}, after {steps} steps.");
  if (minima.length > 1) return mark("{who} is in the lowest minimum, at {point}, loss {loss}, after {steps} steps.");
  return mark("{who} has reached the minimum at {point}, loss {loss}, after {steps} steps.");
}

/** Whether the last rows lie around a minimum, nearer than the run began: noise, swings and steps that are too long do. */
function circles({ tail, from }, minimum) {
  const centre = centreOf(tail);
  return distance(centre, minimum) < spread(tail, centre) && spread(tail, minimum) <= distance(from, minimum);
}
