/** The loss above the best one, of every walk, against what it cost. */
import { t } from "../i18n.js";
import { costOf, stairs } from "../pace.js";
import { noiseFloor } from "../regression.js";
import { countText, log10, LOWEST, powers } from "./batches_parts.js";
import { spoken } from "./batches_words.js";
import { describeChart, drawChart, roomOf } from "./chart.js";

const WIDE = 400; // pixels of the loss chart from which there is room for a hint

/** Powers of ten of a loss; where it leaves what is drawn, below or above, the line ends at the edge. */
function withinPanel(values, top) {
  let gone = false;
  return Array.from(values, (value) => {
    const exponent = log10(value);
    const out = !(exponent > LOWEST && exponent < top);
    const first = out && !gone;
    gone = out;
    return !out ? exponent : first ? Math.max(LOWEST, Math.min(top, exponent)) : NaN;
  });
}

/** The lines, their names, the floors of theory and the ghosts of what ran before. */
export function drawExcess(page) {
  const { stage, walkers, clock, theme, player } = page;
  const chart = stage.excess;
  const size = theme.size(1);
  const width = roomOf(chart)[0];
  const from = clock.log ? 0.7 : 0;
  const x = (amount) => (clock.log ? Math.log10(Math.max(amount, from)) : amount);
  const range = [x(from), x(clock.most) + (clock.log ? 0.02 : 0)];
  const top = log10(Math.max(...walkers.map(({ excess }) => excess[0]))) + 0.25;
  const shape = (walker, values, rows) => {
    const steps = stairs(walker.pace, values, rows, {
      currency: clock.currency,
      atOnce: clock.atOnce,
      log: clock.log,
      from,
      to: clock.most,
      columns: width,
    });
    return { x: steps.x.map(x), y: withinPanel(steps.y, top) };
  };
  const whole = (walker) => {
    const key = [walker.trajectory.version, walker.trajectory.count, clock.currency, clock.atOnce, clock.most, width].join();
    let known = stage.lines.get(walker.trajectory);
    if (known?.key !== key) {
      const rows = Math.min(walker.trajectory.count - 1, clock.row(walker.pace, clock.ticks));
      known = { key, rows, faint: shape(walker, walker.level, rows) };
      stage.lines.set(walker.trajectory, known);
    }
    return known;
  };
  const fan = page.fan?.walks.length ? page.fan : null;
  const hint = width > WIDE * size ? hintOf(page) : "";
  const known = page.answered; // before the question is answered nothing gives the answer away
  const waiting = !known && player.step === 0;
  const still = {
    key: [
      known,
      waiting,
      walkers.map((walker) => whole(walker).key + walker.look.name + walker.look.colour),
      fan?.key,
      page.selected,
      page.ghostsKey,
    ].join(),
    lines: !known
      ? []
      : [
          ...page.ghosts.map((ghost) => ({
            ...shape(ghost, ghost.level, Math.min(ghost.rows, clock.row(ghost.pace, clock.ticks))),
            colour: ghost.look.colour,
            width: 1.2,
            dash: [5, 3],
            opacity: theme.dark ? 0.6 : 0.5,
            name: "ghost",
          })),
          ...walkers.flatMap((walker) => floorLine(walker, page.ran, range)),
          ...walkers.map((walker) => ({
            ...whole(walker).faint,
            colour: walker.look.colour,
            width: 1.4,
            opacity: theme.dark ? 0.42 : 0.34,
          })),
          ...(fan
            ? fan.walks.map((walk) => ({
                ...shape(walkers[fan.index] ?? walkers[0], walk.level, walk.level.length - 1),
                colour: (walkers[fan.index] ?? walkers[0]).look.colour,
                width: 1,
                opacity: 0.4,
              }))
            : []),
        ],
    words: [
      ...(hint ? [{ x: range[0], y: LOWEST, dx: 6, dy: -10, text: hint, size: 11, colour: "var(--ink-3)" }] : []),
      ...(!waiting
        ? []
        : [
            {
              x: (range[0] + range[1]) / 2,
              y: (LOWEST + top) / 2,
              anchor: "middle",
              text: t("Each walk draws its line here, after your guess."),
              size: 12,
              colour: "var(--ink-3)",
            },
          ]),
      ...(known ? names(walkers, whole, range, chart, size) : []),
    ],
  };
  const lines = [];
  for (const walker of walkers) {
    if (walker.look.kind !== "full")
      lines.push({
        ...shape(walker, walker.excess, walker.row),
        colour: walker.look.colour,
        width: 0.8,
        opacity: 0.3,
        name: `raw-${walker.index}`,
      });
    lines.push({
      ...shape(walker, walker.level, walker.row),
      colour: walker.look.colour,
      width: walker.selected ? 2.8 : 2.3,
      dash: walker.look.dash,
      name: `walk-${walker.index}`,
    });
  }
  const amount = clock.amount(player.step);
  const dots = walkers.map((walker) => {
    const value = walker.level[walker.row];
    const reached = Math.min(costOf(walker.pace, walker.row, clock.currency, clock.atOnce), amount);
    return {
      x: x(walker.over ? reached : amount),
      y: Math.max(LOWEST, Math.min(top, log10(value))),
      symbol: walker.look.symbol,
      colour: walker.look.colour,
      name: `walk-${walker.index}`,
      radius: walker.selected ? 6 : 5,
    };
  });
  const ticks = clock.log ? powers(0, range[1]) : stepTicks(clock.most);
  drawChart(chart, {
    size,
    x: { range, ticks: ticks.filter(([value]) => value <= range[1] - 0.01 * (range[1] - range[0])) },
    y: { range: [LOWEST, top], ticks: powers(LOWEST, top) },
    margin: { left: 36, right: (clock.log ? 64 : 118) * size, top: 8, bottom: 22 },
    still,
    uprights: [{ x: x(amount) }],
    lines,
    dots,
  });
  describeChart(chart, `${t("Loss above the best one, on a logarithmic scale.")} ${spoken(page)}`);
}

/** What a line is that its name does not say. */
function hintOf({ answered, walkers, ghosts }) {
  if (!answered) return "";
  if (ghosts.length) return t("dashes: before the change");
  return walkers.some(({ look }) => look.kind !== "full") ? t("thick: mean of the last quarter of the updates") : "";
}

/** Where theory puts the floor of a walk at a constant rate. */
function floorLine({ fit, look, lr, index, plain }, spec, range) {
  if (!plain || fit.inputs) return [];
  const floor = noiseFloor(fit, look.size, lr);
  if (look.kind === "full" || spec.runs[index].schedule || !Number.isFinite(floor) || log10(floor) < LOWEST) return [];
  return [{ x: range, y: [log10(floor), log10(floor)], colour: look.colour, width: 1, dash: [1.5, 4], opacity: 0.8 }];
}

/** Each walk's name at the end of its line, pushed apart. */
function names(walkers, whole, range, chart, size) {
  const height = Math.max(80, roomOf(chart)[1] - 30);
  const unit = (Math.abs(LOWEST) + 1.3) / height;
  const found = walkers.map((walker) => {
    const { faint } = whole(walker);
    let last = faint.y.length - 1;
    while (last > 0 && !Number.isFinite(faint.y[last])) last -= 1;
    return { x: faint.x[last], y: Math.max(LOWEST + 10 * unit, faint.y[last]), walker };
  }).sort((a, b) => a.y - b.y);
  found.forEach((name, i) => {
    for (const below of found.slice(0, i))
      if (Math.abs(below.x - name.x) < 0.3 * (range[1] - range[0])) name.y = Math.max(name.y, below.y + 16 * size * unit);
  });
  return found.map(({ x, y, walker }) => ({
    x,
    y,
    dx: 8,
    text: walker.look.name,
    class: "bold",
    colour: walker.look.colour,
    size: 12,
    name: `name-${walker.index}`,
  }));
}

function stepTicks(steps) {
  const unit = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((each) => steps / each <= 7) ?? 5000;
  return Array.from({ length: Math.floor(steps / unit) + 1 }, (_, i) => [i * unit, countText(i * unit)]);
}
