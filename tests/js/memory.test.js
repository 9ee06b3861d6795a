import { remembered, sizesOf } from "../../static/js/memory.js";
import { append, createTrajectory } from "../../static/js/trajectory.js";
import { equal, test } from "./check.js";

const line = (text) => ({ name: text.split(" = ")[0], text, word: "" });
const ADAM = ["m = beta1*m + (1 - beta1)*g", "v = beta2*v + (1 - beta2)*g**2", "m_hat = m / (1 - beta1**t)", "v_hat = v / (1 - beta2**t)", "x = x - lr * m_hat / (sqrt(v_hat) + eps)"].map(line);

test("what is kept of squares or absolute values is a size, and what is made of gradients or is not kept is none", () => {
  equal(sizesOf(ADAM).map(({ name, squared }) => [name, squared]), [["v", true]]);
  equal(sizesOf(["m = beta1*m + (1 - beta1)*g", "u = max(beta2*u, abs(g) + eps)"].map(line)).map(({ name, squared }) => [name, squared]), [["u", false]]);
  equal(sizesOf(["v = rho*v + (1 - rho)*g**2", "d = sqrt(u + eps)/sqrt(v + eps)*g", "u = rho*u + (1 - rho)*d**2"].map(line)).map(({ name }) => name), ["v"]);
  equal(sizesOf(["s = 0.9*s + g*g", "x = x - lr*g/sqrt(s)"].map(line)).map(({ name, squared }) => [name, squared]), [["s", true]]);
  equal(sizesOf(["d = g**2 + weight_decay*x", "x = x - lr*d"].map(line)), []);
});

test("it is remembered as corrected and in the gradient's unit, and there is none at the start", () => {
  const detail = createTrajectory(["v_hat_x", "v_hat_y"]);
  append(detail, 0, 2, { v_hat_x: [0, 16], v_hat_y: [0, 4] });
  equal(remembered(ADAM, detail, ["x", "y"], 1).map(({ word, values }) => [word, values]), [["√ v", [4, 2]]]);
  equal(remembered(ADAM, detail, ["x", "y"], 0), []);
  equal(remembered(ADAM, detail, ["x", "y"], 2), []);
  equal(remembered(ADAM, null, ["x", "y"], 1), []);
});
