/** The PyTorch script that makes the same trajectories: the function from the engine's graph, the rules from torch.optim. */
import { evaluate } from "./program.js";
import { problemOf, startOf } from "./settings.js";

const two = (a, b) => (s) => `(${number(s[a])}, ${number(s[b])})`;
const one = (name) => (s) => number(s[name]);
const all = (...names) => Object.fromEntries(names.map((name) => [name, one(name)]));
const BETAS = two("beta1", "beta2");

/** torch.optim's class and arguments of each rule that it has. */
const RULES = {
  sgd: ["SGD", all("lr")],
  sgd_weight_decay: ["SGD", all("lr", "weight_decay")],
  sgd_clipped: ["SGD", all("lr")],
  momentum: ["SGD", all("lr", "momentum")],
  nesterov: ["SGD", { ...all("lr", "momentum"), nesterov: () => "True" }],
  adagrad: ["Adagrad", all("lr", "eps")],
  adadelta: ["Adadelta", all("lr", "rho", "eps")],
  rmsprop: ["RMSprop", all("lr", "alpha", "eps")],
  rmsprop_centered: ["RMSprop", { ...all("lr", "alpha", "eps"), centered: () => "True" }],
  adam: ["Adam", { lr: one("lr"), betas: BETAS, eps: one("eps") }],
  amsgrad: ["Adam", { lr: one("lr"), betas: BETAS, eps: one("eps"), amsgrad: () => "True" }],
  adamw: ["AdamW", { lr: one("lr"), betas: BETAS, eps: one("eps"), weight_decay: one("weight_decay") }],
  adamax: ["Adamax", { lr: one("lr"), betas: BETAS, eps: one("eps") }],
  nadam: ["NAdam", { lr: one("lr"), betas: BETAS, eps: one("eps"), momentum_decay: one("momentum_decay") }],
  radam: ["RAdam", { lr: one("lr"), betas: BETAS, eps: one("eps") }],
  rprop: ["Rprop", { lr: one("lr"), etas: two("eta_minus", "eta_plus"), step_sizes: two("step_min", "step_max") }],
};

const OPERATORS = { add: ["+", 1], sub: ["-", 1], mul: ["*", 2], div: ["/", 2], pow: ["**", 4] };
const TORCH = new Set([
  "exp",
  "log",
  "log1p",
  "expm1",
  "sqrt",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "sinh",
  "cosh",
  "tanh",
  "abs",
  "sign",
  "floor",
  "sigmoid",
  "relu",
]);

/** A number as Python reads it. */
export function number(v) {
  return Number.isInteger(v) && Math.abs(v) < 1e15 ? v.toFixed(0) : String(v);
}

/**
 * The script for a spec whose function has this program and whose runs have these names; null where torch makes none of
 * them: runs with noise, a schedule, changes on the way or a rule of their own are named in it and left out.
 */
export function torchScript(spec, program, names) {
  const f = program && expression(program);
  const made = spec.runs.map((run, index) => (f && makes(spec, index) ? row(spec, index, names[index]) : null));
  if (!made.some(Boolean)) return null;
  const left = names.filter((_, index) => !made[index]);
  return `import torch

torch.set_default_dtype(torch.float64)


def f(${program.variables.join(", ")}):
    return ${f}

${left.length ? `\n# Left out, because torch.optim does not make the same steps: ${left.join(", ")}.` : ""}
RUNS = [  # name, start, optimizer, longest gradient
${made.filter(Boolean).join("\n")}
]

for name, start, make, longest in RUNS:
    point = torch.tensor(start, requires_grad=True)
    optimizer = make([point])
    for step in range(${spec.steps}):
        optimizer.zero_grad()
        f(*point).backward()
        if longest is not None:
            torch.nn.utils.clip_grad_norm_([point], longest)
        optimizer.step()
    print(name, point.tolist(), "loss", f(*point).item())
`;
}

/** Whether torch makes the steps of a run on the spec's own function. */
function makes(spec, index) {
  return (
    steady(spec, index) && !spec.runs[index].problem && !spec.runs[index].batch && !(problemOf(spec, index)?.noise > 0)
  );
}

/** Whether torch has the rule of a run, and nothing changes on the way. */
export function steady(spec, index) {
  const run = spec.runs[index];
  const plain = !run.schedule || run.schedule.name === "constant";
  const changed = (spec.changes ?? []).some((change) => change.run === index);
  return Boolean(RULES[run.optimizer]) && plain && !changed;
}

/** A run's optimizer as a Python function of the parameters, and the longest gradient that it takes. */
export function optimizerOf({ optimizer, settings }) {
  const [rule, given] = RULES[optimizer];
  const written = Object.entries(given).map(([key, write]) => `${key}=${write(settings)}`).join(", ");
  return {
    make: `lambda p: torch.optim.${rule}(p, ${written})`,
    longest: optimizer === "sgd_clipped" ? number(settings.max_norm) : "None",
  };
}

/** Numbers that are floats in Python too. */
export const floats = (values) =>
  Array.from(values, (v) => (Number.isInteger(v) ? v.toFixed(1) : String(v))).join(", ");

function row(spec, index, name) {
  const { make, longest } = optimizerOf(spec.runs[index]);
  return `    (${JSON.stringify(name)}, [${floats(startOf(spec, index))}], ${make}, ${longest}),`;
}

/** The function as Python over tensors, with few brackets; null where torch lacks a part of it. */
function expression(program) {
  const { operations, variables } = program;
  const constants = evaluate(program, variables.map(() => NaN));
  const varies = [];
  operations.forEach(
    ([name, a, b], i) => (varies[i] = name === "variable" || (name !== "number" && (varies[a] || Boolean(varies[b])))),
  );
  const tensor = (i) => (varies[i] ? write(i)[0] : `torch.tensor(${number(constants[i])})`);
  const within = (i, least) => {
    const [text, strength] = write(i);
    return strength < least ? `(${text})` : text;
  };
  /** [text, how strongly it holds together]. */
  function write(i) {
    const [name, a, b] = operations[i];
    if (name === "variable") return [a, 5];
    if (!varies[i]) return [number(constants[i]), constants[i] < 0 ? 3 : 5];
    if (name === "neg") return [`-${within(a, 3)}`, 3];
    if (OPERATORS[name]) {
      const [sign, strength] = OPERATORS[name];
      const [left, right] =
        name === "pow" ? [5, 4] : [strength, name === "add" || name === "mul" ? strength : strength + 1];
      const space = strength === 1 ? " " : "";
      return [`${within(a, left)}${space}${sign}${space}${within(b, right)}`, strength];
    }
    if (name === "min" || name === "max") return [`torch.${name}imum(${tensor(a)}, ${tensor(b)})`, 5];
    if (name === "softplus") return [`torch.nn.functional.softplus(${write(a)[0]}, threshold=700)`, 5];
    if (TORCH.has(name)) return [`torch.${name}(${write(a)[0]})`, 5];
    throw new RangeError(name);
  }
  try {
    return write(program.value)[0];
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
