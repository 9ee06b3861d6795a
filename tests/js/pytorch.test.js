import { torchScript } from "../../static/js/pytorch.js";
import { equal, holds, test } from "./check.js";

/** (1 - x)**2 + 100*(y - x**2)**2 */
const PROGRAM = {
  variables: ["x", "y"],
  operations: [["variable", "x"], ["variable", "y"], ["number", 1], ["sub", 2, 0], ["number", 2], ["pow", 3, 4], ["number", 100], ["pow", 0, 4],
    ["sub", 1, 7], ["pow", 8, 4], ["mul", 6, 9], ["add", 5, 10]],
  value: 11, gradient: [0, 1],
};
const SPEC = {
  problem: { kind: "surface", name: "rosenbrock", noise: 0 }, start: [-1.2, 1], steps: 500,
  runs: [
    { optimizer: "nesterov", settings: { lr: 0.001, momentum: 0.9 } }, { optimizer: "adam", settings: { lr: 0.2, beta1: 0.9, beta2: 0.999, eps: 1e-8 } },
    { optimizer: "lion", settings: { lr: 0.01 } }, { rule: "x = x - lr*g", settings: { lr: 0.01 } },
  ],
};
const NAMES = ["Nesterov", "Adam", "Lion", "Own rule"];

test("the function is written with few brackets, and torch's rules with torch's names", () => {
  const script = torchScript(SPEC, PROGRAM, NAMES);
  holds(script.includes("    return (1 - x)**2 + 100*(y - x**2)**2\n"), script);
  holds(script.includes("torch.optim.SGD(p, lr=0.001, momentum=0.9, nesterov=True)"), script);
  holds(script.includes("torch.optim.Adam(p, lr=0.2, betas=(0.9, 0.999), eps=1e-8)"), script);
  holds(script.includes("[-1.2, 1.0]") && script.includes("range(500)"), script);
  holds(script.includes("does not make the same steps: Lion, Own rule."), script);
});

test("there is no script where torch makes none of the runs", () => {
  equal(torchScript({ ...SPEC, runs: SPEC.runs.slice(2) }, PROGRAM, NAMES.slice(2)), null);
  equal(torchScript({ ...SPEC, problem: { ...SPEC.problem, noise: 1 } }, PROGRAM, NAMES), null);
  equal(torchScript({ ...SPEC, changes: [0, 1].map((run) => ({ run, after: 5, settings: { lr: 0.1 } })) }, PROGRAM, NAMES), null);
});
