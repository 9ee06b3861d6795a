import { memoryOf, remembered } from "../../static/js/memory.js";
import { append, createTrajectory } from "../../static/js/trajectory.js";
import { equal, test } from "./check.js";

const line = (text) => ({ name: text.split(" = ")[0], text, word: "" });
const ADAM = ["m = beta1*m + (1 - beta1)*g", "v = beta2*v + (1 - beta2)*g**2", "m_hat = m / (1 - beta1**t)", "v_hat = v / (1 - beta2**t)", "x = x - lr * m_hat / (sqrt(v_hat) + eps)"].map(line);

test("what is made of gradients is a way, what is made of squares or sizes is a size, and what is not kept is no memory", () => {
  equal(memoryOf(ADAM).map(({ name, kind }) => [name, kind]), [["m", "way"], ["v", "square"]]);
  equal(memoryOf(["m = beta1*m + (1 - beta1)*g", "u = max(beta2*u, abs(g) + eps)"].map(line)).map(({ kind }) => kind), ["way", "size"]);
  equal(memoryOf(["v = rho*v + (1 - rho)*g**2", "d = sqrt(u + eps)/sqrt(v + eps)*g", "u = rho*u + (1 - rho)*d**2"].map(line)).map(({ name }) => name), ["v"]);
  equal(memoryOf(["d = g + weight_decay*x", "x = x - lr*d"].map(line)), []);
});

test("it is remembered as corrected and in the gradient's unit, and there is none at the start", () => {
  const detail = createTrajectory(["m_hat_x", "m_hat_y", "v_hat_x", "v_hat_y"]);
  append(detail, 0, 2, { m_hat_x: [0, 3], m_hat_y: [0, -1], v_hat_x: [0, 16], v_hat_y: [0, 4] });
  equal(remembered(ADAM, detail, ["x", "y"], 1).map(({ kind, values }) => [kind, values]), [["way", [3, -1]], ["size", [4, 2]]]);
  equal(remembered(ADAM, detail, ["x", "y"], 0), []);
  equal(remembered(ADAM, detail, ["x", "y"], 2), []);
  equal(remembered(ADAM, null, ["x", "y"], 1), []);
});
