/**
 * The interpreter of a formula's program: the graph that the engine runs, as a list of operations. It evaluates value and
 * gradient at a point (hover, ray tests) or over whole columns (the map), with no second parser and no built code.
 */

const UNARY = {
  neg: (a) => -a,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  sigmoid: (a) => (a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a))),
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  relu: (a) => (a > 0 ? a : 0),
  norm: Math.abs,
};
const BINARY = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b,
  pow: (a, b) => (b === 2 ? a * a : a ** b),
  min: (a, b) => (b < a ? b : a), max: (a, b) => (b > a ? b : a),
  less: (a, b) => Number(a < b), less_equal: (a, b) => Number(a <= b),
};
const APPLY = { ...UNARY, ...BINARY };

/** Every node's number at one point, in the program's order: of the first `count` nodes, by default of all. */
export function evaluate(program, point, count = program.operations.length) {
  const values = new Array(count);
  for (let index = 0; index < count; index += 1) {
    const [name, a, b] = program.operations[index];
    if (name === "number") values[index] = a ?? NaN;
    else if (name === "variable") values[index] = point[program.variables.indexOf(a)];
    else values[index] = apply(name)(values[a], values[b]);
  }
  return values;
}

function apply(name) {
  const operation = APPLY[name];
  if (!operation) throw new Error(`the program has an operation this page does not know: ${name}`);
  return operation;
}

/** f at a point: operands stand before what is made of them, so nothing behind f is needed. */
export function value(program, point) {
  return evaluate(program, point, program.value + 1)[program.value];
}

/** f and its gradient at a point: [value, [derivatives]]. */
export function valueAndGradient(program, point) {
  const values = evaluate(program, point);
  return [values[program.value], program.gradient.map((index) => values[index])];
}

/** f over columns: `inputs` is one Float64Array per variable; only what f needs is computed. */
export function valueColumns(program, inputs) {
  const needed = ancestors(program, program.value);
  const length = inputs[0].length;
  const columns = new Array(program.operations.length);
  program.operations.forEach(([name, a, b], index) => {
    if (!needed.has(index)) return;
    if (name === "variable") columns[index] = inputs[program.variables.indexOf(a)];
    else if (name === "number") columns[index] = a;
    else columns[index] = combine(apply(name), columns[a], columns[b], length);
  });
  const result = columns[program.value];
  return typeof result === "number" ? new Float64Array(length).fill(result) : result;
}

function combine(operation, a, b, length) {
  if (typeof a === "number" && (b === undefined || typeof b === "number")) return operation(a, b);
  const result = new Float64Array(length);
  if (typeof a === "number") for (let i = 0; i < length; i += 1) result[i] = operation(a, b[i]);
  else if (typeof b === "object") for (let i = 0; i < length; i += 1) result[i] = operation(a[i], b[i]);
  else for (let i = 0; i < length; i += 1) result[i] = operation(a[i], b);
  return result;
}

function ancestors(program, root) {
  const found = new Set();
  const open = [root];
  while (open.length) {
    const index = open.pop();
    if (found.has(index)) continue;
    found.add(index);
    const [name, ...operands] = program.operations[index];
    if (name !== "variable" && name !== "number") open.push(...operands);
  }
  return found;
}

/**
 * The Hessian at a point by central differences of the exact gradient: good to about nine digits, for drawing
 * curvature; numbers that must be exact come from the engine.
 */
export function hessian(program, point) {
  const size = point.length;
  const rows = point.map((coordinate, i) => {
    const h = 1e-5 * Math.max(1, Math.abs(coordinate));
    const at = (shift) => valueAndGradient(program, point.map((v, j) => (i === j ? v + shift : v)))[1];
    const [above, below] = [at(h), at(-h)];
    return above.map((g, j) => (g - below[j]) / (2 * h));
  });
  return rows.map((row, i) => Array.from({ length: size }, (_, j) => (row[j] + rows[j][i]) / 2));
}
