/** The Hessian of a linear classifier's cross-entropy and its eigenvalues: which directions are flat. */
import { logits, outputs } from "./classifier.js";

/**
 * The Hessian at theta, as rows: the mean over points of (diag(a) − a aᵀ) ⊗ x xᵀ for a softmax, of a (1 − a) x xᵀ for
 * sigmoids, with weight decay on the diagonal. Its order is output by output, biases last in each.
 */
export function hessian(model, theta, columns, decay = 0) {
  const a = outputs(model, logits(model, theta, columns));
  const ones = new Float64Array(columns[0].length).fill(1);
  const x = model.layers.bias ? [...columns, ones] : columns;
  const size = a.length * x.length;
  const rows = Array.from({ length: size }, () => new Float64Array(size));
  for (let j = 0; j < a.length; j += 1) {
    for (let k = j; k < a.length; k += 1) block(model, a, x, j, k, rows);
  }
  for (let i = 0; i < size; i += 1) rows[i][i] += decay;
  return rows;
}

function block(model, a, x, j, k, rows) {
  const bent = bend(model, a, j, k);
  if (!bent) return;
  const count = bent.length;
  for (let p = 0; p < x.length; p += 1) {
    for (let q = 0; q < x.length; q += 1) {
      let sum = 0;
      for (let i = 0; i < count; i += 1) sum += bent[i] * x[p][i] * x[q][i];
      rows[j * x.length + p][k * x.length + q] = sum / count;
      rows[k * x.length + q][j * x.length + p] = sum / count;
    }
  }
}

function bend(model, a, j, k) {
  if (j === k) return a[j].map((v) => v * (1 - v));
  return model.layers.output === "softmax" ? a[j].map((v, i) => -v * a[k][i]) : null;
}

/** The eigenvalues of a symmetric matrix, the largest first, by Jacobi's rotations. */
export function eigenvalues(matrix) {
  const m = matrix.map((row) => Float64Array.from(row));
  const n = m.length;
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let off = 0;
    for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) off += m[p][q] ** 2;
    if (off < 1e-30) break;
    for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) rotate(m, p, q);
  }
  return m.map((row, i) => row[i]).sort((one, other) => other - one);
}

function rotate(m, p, q) {
  if (m[p][q] === 0) return;
  const turn = (m[q][q] - m[p][p]) / (2 * m[p][q]);
  const t = Math.sign(turn || 1) / (Math.abs(turn) + Math.hypot(1, turn));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (let i = 0; i < m.length; i += 1) [m[i][p], m[i][q]] = [c * m[i][p] - s * m[i][q], s * m[i][p] + c * m[i][q]];
  for (let i = 0; i < m.length; i += 1) [m[p][i], m[q][i]] = [c * m[p][i] - s * m[q][i], s * m[p][i] + c * m[q][i]];
}

/** Eigenvalues this much smaller than the largest are zero in all but rounding. */
export const FLAT = 1e-9;

/** How many directions are flat. */
export function flat(values) {
  return values.filter((v) => Math.abs(v) <= FLAT * Math.max(values[0], 1e-300)).length;
}
