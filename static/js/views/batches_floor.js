/** The noise floor against the rate: the lines of theory, and what was measured. */
import { t } from "../i18n.js";
import { num } from "../numbers.js";
import { noiseFloor } from "../regression.js";
import { withRate } from "../walks.js";
import { chosenOf, log10, LOWEST, powers } from "./batches_parts.js";
import { excessText } from "./batches_words.js";
import { describeChart, drawChart, pointerData, roomOf } from "./chart.js";

const RATES = Array.from({ length: 81 }, (_, i) => 10 ** (-2 + (2.3 * i) / 80));

const RANGE = [-2, 0.31];

/** The floors of all sizes; the selected rate is where a press puts it. */
export function drawFloor(page) {
  const { stage, walkers, theme, floors } = page;
  const { fit } = chosenOf(page);
  const drawn = [
    fit.least,
    fit.count,
    page.answered,
    JSON.stringify(floors.measured),
    theme.key,
    roomOf(stage.floor),
    walkers.map(({ look, lr }) => look.name + look.size + look.colour + lr),
  ].join();
  if (stage.floorKey === drawn) return;
  stage.floorKey = drawn;
  const noisy = walkers.filter((walker) => page.answered && walker.plain && walker.look.kind !== "full" && walker.fit === fit);
  const sizes = [...new Map(noisy.toReversed().map((walker) => [walker.look.size, walker])).values()].slice(0, 3);
  const still = { key: drawn, lines: [], dots: [], words: [] };
  for (const { look } of sizes) {
    const y = RATES.map((rate) => log10(noiseFloor(fit, look.size, rate)));
    still.lines.push({
      x: RATES.map(Math.log10),
      y: y.map((value) => (value > 1 || value < LOWEST ? NaN : value)),
      colour: look.colour,
      width: 2,
      dash: look.dash,
    });
    still.words.push({
      x: -2,
      y: y[0],
      dx: 4,
      dy: -24,
      text: look.size === 1 ? t("1 point") : t("{size} points", { size: look.size }),
      class: "bold",
      colour: look.colour,
      size: 11.5,
    });
  }
  for (const { size, points } of floors.measured) {
    const look = sizes.find((walker) => walker.look.size === size)?.look;
    if (look)
      still.dots.push(
        ...points
          .filter(({ excess }) => excess > 0)
          .map(({ rate, excess }) => ({
            x: Math.log10(rate),
            y: Math.max(LOWEST, log10(excess)),
            symbol: look.symbol,
            open: true,
            radius: 3.6,
            colour: look.colour,
            name: `measured-${size}`,
          })),
      );
  }
  const dots = noisy
    .map((walker) => ({
      x: Math.log10(walker.lr),
      y: log10(noiseFloor(fit, walker.look.size, walker.lr)),
      symbol: walker.look.symbol,
      colour: walker.look.colour,
      name: `floor-${walker.index}`,
    }))
    .filter(({ y }) => y >= LOWEST && y <= 1);
  if (!page.answered)
    still.words.push({
      x: (RANGE[0] + RANGE[1]) / 2,
      y: -1.6,
      anchor: "middle",
      text: t("How high noise keeps a walk: after your guess."),
      size: 11.5,
      colour: "var(--ink-3)",
    });
  drawChart(stage.floor, {
    size: theme.size(1),
    x: {
      range: RANGE,
      ticks: [
        [-2, "0.01"],
        [-1, "0.1"],
        [0, "1"],
      ],
      name: "η",
    },
    y: { range: [LOWEST, 1], ticks: powers(LOWEST, 1, 2) },
    margin: { left: 36, right: 6 },
    still,
    uprights: [{ x: Math.log10(2 / fit.curvatures[1]) }],
    dots,
    words: [
      { x: Math.log10(2 / fit.curvatures[1]), y: LOWEST + 0.5, dx: -5, anchor: "end", text: t("cliff"), size: 11, colour: "var(--ink-3)" },
    ],
  });
  const facts = sizes.map(({ look, lr }) => `${look.name}: ${excessText(noiseFloor(fit, look.size, lr))}`).join(", ");
  describeChart(stage.floor, t("The noise floor grows with the learning rate. In theory now: {facts}.", { facts: facts || num(0) }));
}

/** A press on the chart sets the rate: of all walks, or of the selected one when each has its own. */
export function pickRate(page, stage) {
  const { host } = stage.floor;
  let held = false;
  const pick = (event, way) => {
    if (!stage.floor.scale) return;
    const lr = Number((10 ** Math.max(-2.5, Math.min(0.3, pointerData(stage.floor, event).x))).toPrecision(2));
    stage.act.edit(withRate(page.spec, lr, page.ownRates ? page.selected : null), way);
  };
  host.classList.add("pick-rate");
  host.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    held = true;
    host.setPointerCapture(event.pointerId);
    pick(event, "push");
  });
  host.addEventListener("pointermove", (event) => held && pick(event, "replace"));
  for (const name of ["pointerup", "pointercancel"]) host.addEventListener(name, () => (held = false));
}
