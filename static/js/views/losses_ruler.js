/** A slide rule: below the terms lie end to end and add up, above the chances multiply. */
import { t } from "../i18n.js";
import { niceTicks } from "../levels.js";
import { fix, num, plainNumber } from "../numbers.js";
import { together } from "../terms.js";
import { describeChart, drawChart, roomOf } from "./chart.js";
import { write } from "./losses_account.js";
import { COLOUR } from "./losses_look.js";

const BLUE = COLOUR.ce;
const ROUND = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10, 1e-12]; // on the rule of chances

/** The rule of a list of terms; it is as long as the first row's loss, so that terms are seen to shrink. */
export function drawRuler(terms, { list, all, trajectory, at, size }) {
  const first = together(at(0, trajectory)).sum;
  const reach = Math.max(all.sum, Math.min(first, 40)) * 1.04;
  let from = 0;
  const boxes = list.map(({ term, y }, index) => {
    const box = {
      x0: from,
      x1: from + term,
      y0: 0,
      y1: 1,
      colour: BLUE,
      opacity: (y ? 0.5 : 0.28) + (terms.at === index ? 0.3 : 0),
      name: `term-${index}`,
    };
    from += term;
    return box;
  });
  const pixel = (reach * size) / Math.max(200, roomOf(terms.ruler)[0]);
  const words = boxes.flatMap(({ x0, x1 }, index) =>
    x1 - x0 < 38 * pixel
      ? []
      : [
          {
            x: (x0 + x1) / 2,
            y: 0.5,
            anchor: "middle",
            text: fix(list[index].term, 3),
            colour: "var(--ink)",
            size: 11.5,
            name: `term-${index}`,
          },
        ],
  );
  const inside = reach - all.sum < 104 * pixel; // no room beside the end: the product stands over the last terms
  const middle = all.sum + (inside ? -40 : 40) * pixel;
  const chances = ROUND.filter((chance) => -Math.log(chance) <= reach * 1.001);
  const notches = [];
  let last = -Infinity;
  for (const chance of chances) {
    const x = -Math.log(chance);
    if (x - last < 40 * pixel || Math.abs(x - middle) < 64 * pixel) continue; // the product stands there
    last = x;
    notches.push({ x: [x, x], y: [1.08, 1.24], colour: "var(--ink-3)", width: 1 });
    words.push({
      x,
      y: 1.5,
      anchor: "middle",
      text: chance >= 0.001 ? plainNumber(chance) : num(chance, 1),
      colour: "var(--ink-3)",
      size: 11,
    });
  }
  drawChart(terms.ruler, {
    size,
    x: { range: [0, reach], ticks: niceTicks(0, reach, 8).map((v) => [v, plainNumber(v)]), name: "∑" },
    y: { range: [-0.12, 1.75], ticks: [], grid: false },
    margin: { left: 8, right: 16, top: 2 },
    boxes,
    lines: notches,
    words: [
      ...words,
      {
        x: all.sum,
        y: 1.5,
        dx: inside ? 0 : 8,
        anchor: inside ? "end" : "start",
        text: [
          ["∏ = ", null],
          [num(all.product, 3), "bold"],
        ],
        colour: BLUE,
        name: "product",
      },
    ],
  });
  write("#ruler .w", t("Multiplying chances is adding their logarithms"));
  write("#ruler .aside", t("above: product of the chances · below: sum of the terms"));
  describeChart(
    terms.ruler,
    t("The terms end to end: their sum is {sum}, the product of the chances {product}.", {
      sum: num(all.sum, 4),
      product: num(all.product, 4),
    }),
  );
}
