/**
 * A soft target: cross-entropy over the output, with its floor, and what of it is the target's entropy, which stays, and
 * what divergence, which training takes away; by step, outcome by outcome, and end to end on a rule.
 */
import { t } from "../i18n.js";
import { niceTicks } from "../levels.js";
import { logit, sequence } from "../neuron.js";
import { fix, num, plainNumber } from "../numbers.js";
import { withFields, withPairStart } from "../pair.js";
import { outcomes, termOf } from "../terms.js";
import { cell } from "../trajectory.js";
import { describeChart, drawChart, roomOf } from "./chart.js";
import { fillRow, makeTable, sayEqual, write } from "./losses_account.js";
import { onDrag } from "./losses_drag.js";
import { COLOUR } from "./losses_look.js";

const BLUE = COLOUR.ce;
const INK = "var(--ink)";
const OUTPUTS = sequence(0.002, 0.998, 250);
const ENDS = [0.002, 0.998]; // outputs that the start is dragged to
const LEGIBLE = 0.06; // of the panel's height: less is no room for a word
const GHOST = { colour: BLUE, width: 1.4, dash: [1.5, 4], opacity: 0.7 };

/** Draw the charts, the table and the rule of `terms` for the neuron in `scene`. */
export function drawFloor(terms, scene) {
  const { race, trajectory, row } = scene;
  const { input, target } = race.spec.runs[0].problem;
  const read = (name) => cell(trajectory, name, row);
  const z = read("w") * input + read("b");
  if (!Number.isFinite(z)) return;
  const parts = outcomes(target, z);
  const top = 1.08 * Math.max(1, cell(trajectory, "loss", 0), read("loss"));
  const move = (by) => startAt(terms, read("output") + by);
  terms.shown = { ...scene, target, input, z, a: read("output"), parts, top, floor: { move }, open: scene.asked.pending() };
  drawCurve(terms, terms.shown);
  drawSteps(terms, terms.shown);
  drawOutcomes(terms, terms.shown);
  drawRule(terms, terms.shown);
  const slider = document.querySelector("#soft");
  slider.value = String(scene.spec.runs[0].problem.target); // which may be ahead of what has come
  slider.style.setProperty("--v", `${100 * target}%`);
  write("#soft-value", plainNumber(target));
  sayEqual(terms.shown.open ? t("what training lowers:") : t("entropy + divergence ="), parts.entropy + parts.divergence, scene.loss);
}

function startAt(terms, a) {
  const { race, input } = terms.shown;
  const [w] = race.spec.start;
  const b = logit(Math.max(ENDS[0], Math.min(ENDS[1], a))) - w * input;
  terms.act.edit(withPairStart(race.spec, [w, Number(b.toFixed(3))]), { step: 0, moving: true });
}

/** The dot is dragged to another start, and the slider to another target. */
export function dragFloor(terms) {
  const near = (at) => Math.abs(terms.chances.scale.x(terms.shown.a) - terms.chances.scale.x(at.x)) < 28;
  onDrag(terms, terms.chances, (at) => Boolean(terms.shown.floor) && near(at), (at) => startAt(terms, at.x));
  const slider = document.querySelector("#soft");
  slider.addEventListener("input", () =>
    terms.act.edit(withFields(terms.shown.race.spec, { target: Number(slider.value) }), { moving: true }),
  );
  slider.addEventListener("change", terms.act.rest);
}

/* over the output: the curve touches its floor where output and target are the same */

function drawCurve(terms, { target, z, a, parts, top, size, dash, open, loss }) {
  const curve = OUTPUTS.map((output) => termOf(target, logit(output)).term);
  const wide = 0.012;
  const boxes = [
    { x0: a - wide, x1: a + wide, y0: 0, y1: parts.entropy, colour: INK, opacity: 0.3, name: "entropy" },
    { x0: a - wide, x1: a + wide, y0: parts.entropy, y1: loss, colour: BLUE, opacity: 0.45, name: "divergence" },
  ];
  const right = a < 0.62;
  const beside = { dx: right ? 16 : -16, anchor: right ? "start" : "end" };
  const tall = parts.entropy > top * LEGIBLE;
  const words = open
    ? []
    : [
        ...(tall
          ? [
              {
                x: a,
                y: parts.entropy / 2,
                ...beside,
                text: [
                  [`${t("entropy")} `, null],
                  [num(parts.entropy, 4), "bold"],
                ],
                colour: INK,
                name: "entropy",
              },
            ]
          : []),
        {
          x: a,
          y: Math.max(parts.entropy + top * 0.09, (parts.entropy + loss) / 2),
          ...beside,
          text: [
            [`${t("divergence")} `, null],
            [num(parts.divergence, 4), "bold"],
          ],
          colour: BLUE,
          name: "divergence",
        },
      ];
  const floor = open
    ? []
    : [{ x: [0, 1], y: [parts.entropy, parts.entropy], colour: "var(--ink-3)", width: 1, dash: [2, 3], name: "floor" }];
  drawChart(terms.chances, {
    size,
    x: {
      range: [0, 1],
      ticks: [
        [0, "0"],
        [0.25, "0.25"],
        [0.5, "0.5"],
        [0.75, "0.75"],
      ],
      name: "a",
    },
    y: { range: [0, top], ticks: niceTicks(0, top, 4).map((v) => [v, plainNumber(v)]) },
    margin: { left: 34, right: 18 },
    still: {
      key: `${target}${open}${top}`,
      lines: [
        ...floor,
        { x: OUTPUTS, y: curve.map((value) => (value > top ? NaN : value)), colour: BLUE, width: 2.2, dash, name: "cross" },
      ],
    },
    uprights: [{ x: target }],
    boxes: open ? [] : boxes,
    dots: [{ x: a, y: loss, symbol: terms.look.symbol, colour: BLUE, name: "now" }],
    words: [...words, { x: target, y: top * 0.95, dx: 7, text: t("target"), colour: "var(--ink-3)", size: 11.5 }],
  });
  write("#chances .w", t("Cross-entropy over the output"));
  write("#chances .aside", t("drag the dot"));
  const { root } = terms.chances;
  root.setAttribute("aria-valuenow", String(Number(a.toFixed(3))));
  root.setAttribute("aria-valuetext", t("output {a}: cross-entropy {loss}", { a: fix(a, 3), loss: num(loss, 4) }));
  describeChart(
    terms.chances,
    t("Cross-entropy over the output, lowest at the target. At z = {z} it is {loss}.", { z: fix(z, 2), loss: num(loss, 4) }),
  );
}

/* by step: what stays and what goes */

function drawSteps(terms, { race, trajectory, row, step, size, theme, parts, loss, open, ghost, dash, top }) {
  const { steps } = race.spec;
  const losses = Array.from(trajectory.columns.get("loss").subarray(0, open ? row + 1 : trajectory.count));
  const xs = losses.map((_, index) => index);
  const level = (value) => ({ x: [0, steps], y: [value, value] });
  const fills = open
    ? []
    : [
        { x: xs, y: losses, colour: BLUE, opacity: 0.1 },
        { ...level(parts.entropy), colour: "var(--paper)", opacity: 1 },
        { ...level(parts.entropy), colour: INK, opacity: 0.09 },
      ];
  const lines = [
    ...(ghost
      ? [
          {
            ...GHOST,
            x: Array.from({ length: ghost.count }, (_, index) => index),
            y: ghost.columns.get("loss"),
            count: ghost.count,
            name: "loss-ghost",
          },
        ]
      : []),
    { x: xs, y: losses, colour: BLUE, width: 1.5, opacity: theme.dark ? 0.45 : 0.36 },
    { x: xs, y: losses, count: row + 1, colour: BLUE, width: 2.6, dash, name: "loss" },
    ...(open ? [] : [{ ...level(parts.entropy), colour: "var(--ink-3)", width: 1, dash: [2, 3], name: "floor" }]),
  ];
  const right = step < steps * 0.7;
  drawChart(terms.product, {
    size,
    x: { range: [0, steps], ticks: niceTicks(0, steps, 5).map((v) => [v, String(v)]) },
    y: { range: [0, top], ticks: niceTicks(0, top, 4).map((v) => [v, plainNumber(v)]) },
    margin: { left: 34, right: 18 },
    fills,
    lines,
    uprights: [{ x: Math.min(step, steps) }],
    dots: [{ x: row, y: loss, symbol: terms.look.symbol, colour: BLUE, name: "loss" }],
    words: [
      {
        x: row,
        y: loss,
        dx: right ? 10 : -10,
        dy: -13,
        anchor: right ? "start" : "end",
        text: num(loss, 4),
        class: "bold",
        colour: BLUE,
        name: "loss",
      },
      ...(open || parts.entropy < top * LEGIBLE
        ? []
        : [{ x: steps, y: parts.entropy / 2, dx: -6, anchor: "end", text: t("entropy of the target: it stays"), colour: INK, size: 12 }]),
    ],
  });
  write("#product .w", t("What stays and what goes"));
  write("#product .aside", t("cross-entropy by step"));
  describeChart(terms.product, t("Cross-entropy by step, above the entropy of the target. Now it is {loss}.", { loss: num(loss, 4) }));
}

/* outcome by outcome */

const HEADS = () => [
  [t("outcome"), null],
  [t("target p"), null],
  [t("output q"), null],
  [t("entropy"), "entropy", t("H(p), what stays")],
  [t("divergence"), "divergence", t("KL, what goes")],
  [t("cross-entropy"), "cross", t("H(p, q), what is trained")],
];

function drawOutcomes(terms, { parts, open }) {
  if (terms.table?.key !== "outcomes") terms.table = makeTable("outcomes", HEADS(), 2, "outcome");
  const say = (value, hide = false) => (hide ? "?" : fix(value, 4));
  parts.rows.forEach((row, index) =>
    fillRow(
      terms.table.rows[index],
      [
        String(1 - index),
        plainNumber(Number(row.p.toFixed(4))),
        say(row.q),
        say(row.entropy, open),
        say(row.divergence, open),
        say(row.cross),
      ],
      false,
    ),
  );
  fillRow(
    terms.table.foot,
    [
      t("together"),
      "1",
      "1",
      say(parts.entropy, open),
      open ? "?" : `+ ${say(parts.divergence)}`,
      open ? say(parts.cross) : `= ${say(parts.cross)}`,
    ],
    false,
  );
}

/* the rule: the same length cut in two ways */

function drawRule(terms, { parts, top, size, open }) {
  const end = (widths, y0, colours) => {
    let from = 0;
    return widths.map((width, index) => ({ x0: from, x1: (from += Math.max(0, width)), y0, y1: y0 + 0.86, ...colours[index] }));
  };
  const shades = [{ colour: BLUE, opacity: 0.5, name: "term-1" }, { colour: BLUE, opacity: 0.28, name: "term-0" }];
  const kinds = [{ colour: INK, opacity: 0.28, name: "entropy" }, { colour: BLUE, opacity: 0.45, name: "divergence" }];
  const upper = end(parts.rows.map(({ cross }) => cross), 1, shades);
  const lower = open ? [] : end([parts.entropy, parts.divergence], 0, kinds);
  const [width] = roomOf(terms.ruler);
  const fits = (text, length) => (length / top) * width > text.length * (/[^\x00-\u2fff]/.test(text) ? 12.5 : 6.5) * size;
  const words = (boxes, texts) =>
    boxes.flatMap(({ x0, x1, y0 }, index) =>
      !fits(texts[index], x1 - x0)
        ? []
        : [{ x: (x0 + x1) / 2, y: y0 + 0.43, anchor: "middle", text: texts[index], colour: INK, size: 11.5 }],
    );
  drawChart(terms.ruler, {
    size,
    x: { range: [0, top], ticks: niceTicks(0, top, 8).map((v) => [v, plainNumber(v)]) },
    y: { range: [-0.06, 1.9], ticks: [], grid: false },
    margin: { left: 8, right: 16, top: 2 },
    boxes: [...upper, ...lower],
    words: [...words(upper, [t("term of outcome 1"), t("term of outcome 0")]), ...words(lower, [t("entropy"), t("divergence")])],
  });
  write("#ruler .w", t("The same length, cut in two ways"));
  write("#ruler .aside", t("above by outcome · below by what stays and what goes"));
  describeChart(
    terms.ruler,
    t("Cross-entropy {cross} is entropy {entropy} and divergence {divergence}.", {
      cross: num(parts.cross, 4),
      entropy: open ? "?" : num(parts.entropy, 4),
      divergence: open ? "?" : num(parts.divergence, 4),
    }),
  );
}
