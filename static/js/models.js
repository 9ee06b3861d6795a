/** The models of a spec as `POST /models` describes them, with the features and targets of their points. It knows no document. */
import { post } from "./api.js";
import { features, targets } from "./classifier.js";
import { learned } from "./points.js";
import { problemOf } from "./settings.js";

const KEPT = 40;
const known = new Map();

/** The model of a problem; the same one is asked for once. */
export function modelOf(problem, language) {
  if (problem.kind === "neuron") return neuron(problem);
  const key = JSON.stringify(problem);
  if (!known.has(key)) {
    if (known.size > KEPT) known.clear();
    known.set(
      key,
      post("/models", problem, { query: { lang: language } })
        .then((answer) => ready(answer, problem))
        .catch((error) => {
          known.delete(key);
          throw error;
        }),
    );
  }
  return known.get(key);
}

/** A neuron has one point, its input with its target, and no call describes it. */
function neuron({ input, target }) {
  const layers = { sizes: [1, 1], activation: "linear", output: "sigmoid", bias: true };
  return { parameters: ["w", "b"], layers, columns: [Float64Array.of(input)], wanted: [Float64Array.of(target)] };
}

/** A model with the features and targets of its points. */
function ready(model, { kind, loss }) {
  const inputs = Array.from({ length: model.points[0]?.length ?? 2 }, (_, k) => Float64Array.from(model.points, (p) => p[k]));
  const made = { ...model, loss, separate: kind === "one_vs_rest" };
  return { ...made, columns: features(made, ...inputs), wanted: targets(made) };
}

/** Models whose points a person has just moved, before the engine answers. */
export function patched(models, spec) {
  return models.map((model, index) => {
    const problem = spec.runs[index] && problemOf(spec, index);
    const { points, labels, classes, held_out: held = [] } = problem?.dataset ?? {};
    if (!points || points === model.points || classes !== model.classes || typeof held === "number") return model;
    const at = (places) => ({ points: places.map((i) => points[i]), labels: places.map((i) => labels[i]) });
    const own = held.length ? at(learned(problem.dataset)) : { points, labels };
    return ready({ ...model, ...own, held: at(held) }, problem);
  });
}
