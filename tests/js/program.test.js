import { evaluate, hessian, value, valueAndGradient, valueColumns } from "../../static/js/program.js";
import { close, equal, test } from "./check.js";

/** (1 - x)² + 100 (y - x²)², as the engine sends it. */
const ROSENBROCK = {
  variables: ["x", "y"],
  operations: [
    ["number", 1], ["variable", "x"], ["sub", 0, 1], ["mul", 2, 2], ["number", 100], ["variable", "y"], ["mul", 1, 1], ["sub", 5, 6], ["mul", 7, 7],
    ["mul", 4, 8], ["add", 3, 9], ["number", -2], ["mul", 11, 2], ["number", -400], ["mul", 13, 1], ["mul", 14, 7], ["add", 12, 15], ["number", 200],
    ["mul", 17, 7],
  ],
  value: 10, gradient: [16, 18],
};

test("f alone needs no node behind it", () => {
  close(value(ROSENBROCK, [-1.2, 1]), 24.2);
  equal([evaluate(ROSENBROCK, [-1.2, 1], 11).length, evaluate(ROSENBROCK, [-1.2, 1]).length], [11, 19]);
});

test("value and gradient of Rosenbrock at (-1.2, 1)", () => {
  const [f, [gx, gy]] = valueAndGradient(ROSENBROCK, [-1.2, 1]);
  close(f, 24.2);
  close(gx, -215.6);
  close(gy, -88);
});

test("a column is its points", () => {
  const x = Float64Array.of(0, 1, -1.2);
  const y = Float64Array.of(0, 1, 1);
  const columns = valueColumns(ROSENBROCK, [x, y]);
  equal(Array.from(columns), [0, 1, 2].map((i) => value(ROSENBROCK, [x[i], y[i]])));
});

test("a constant has a column too", () => {
  equal(valueColumns({ variables: ["x"], operations: [["number", 3]], value: 0, gradient: [] }, [new Float64Array(2)]), [3, 3]);
});

test("the Hessian at the minimum has the published eigenvalues", () => {
  const [[a, b], [c, d]] = hessian(ROSENBROCK, [1, 1]);
  close(a + d, 0.399361 + 1001.6006, 1e-6);
  close(a * d - b * c, 400, 1e-5);
});

test("sigmoid and softplus hold at both ends", () => {
  const program = { variables: ["x"], operations: [["variable", "x"], ["sigmoid", 0], ["softplus", 0]], value: 1, gradient: [2] };
  equal(evaluate(program, [1000]).slice(1), [1, 1000]);
  equal(evaluate(program, [-1000]).slice(1), [0, 0]);
});

test("floor is the whole number below", () => {
  const program = { variables: ["x"], operations: [["variable", "x"], ["floor", 0]], value: 1, gradient: [] };
  equal([-1.5, -1, 0.5, 3].map((x) => value(program, [x])), [-2, -1, 0, 3]);
});

test("an operation that is not known says its name", () => {
  try {
    value({ variables: [], operations: [["zeta"]], value: 0, gradient: [] }, []);
  } catch (error) {
    return equal(error.message.endsWith("zeta"), true);
  }
  throw new Error("it was taken");
});
