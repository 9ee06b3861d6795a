/** Small things that the panels of the Batches page share. */
import { plainNumber, superscript } from "../numbers.js";

export const LOWEST = -5; // powers of ten of the loss that are drawn

/** 153,600. */
export function countText(count) {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

export const find = (id) => document.getElementById(id);
export const write = (id, text) => find(id).textContent === text || (find(id).textContent = text);

/** The selected walk, and where a walk is now. */
export const chosenOf = ({ walkers, selected }) => walkers[selected] ?? walkers[0];
export const here = (walker, row = walker.row) => walker.parameters.map((name) => walker.trajectory.columns.get(name)[row]);

export const log10 = (value) => (value > 0 ? Math.log10(value) : -Infinity);

const power = (exponent) => (exponent >= -2 && exponent <= 2 ? plainOrCount(10 ** exponent) : `10${superscript(exponent)}`);
const plainOrCount = (value) => (value >= 1 ? countText(value) : plainNumber(Number(value.toPrecision(2))));

/** Ticks at powers of ten, every so many with its number. */
export const powers = (from, to, every = 1) =>
  Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, i) => Math.ceil(from) + i).map((e) => [e, e % every ? "" : power(e)]);
