/** The gradients that batches would give at the place of the selected walk, with the full gradient among them. */
import { t } from "../i18n.js";
import { fix, plainNumber } from "../numbers.js";
import { cloudOf, drawBatches, gradientOf, pointGradients, uphillShare } from "../regression.js";
import { chosenOf, here, write } from "./batches_parts.js";
import { describeChart, drawChart, roomOf } from "./chart.js";

const DRAWS = 250; // batches in the cloud

function batchesOf(stage, count, size) {
  const key = `${count},${size}`;
  if (!stage.batches.has(key)) stage.batches.set(key, drawBatches(count, size, DRAWS));
  return stage.batches.get(key);
}

/** A cloud for each size of batch. */
export function drawCloud(page) {
  const { stage, walkers, theme } = page;
  const chosen = chosenOf(page);
  const { fit } = chosen;
  const place = here(chosen);
  const full = gradientOf(fit, place);
  const seen = new Set();
  const clouds = [...walkers]
    .sort((a, b) => a.look.size - b.look.size)
    .filter((walker) => walker.fit === fit && !seen.has(walker.look.size) && seen.add(walker.look.size))
    .map((walker) => ({ walker, cloud: cloudOf(fit, place, batchesOf(stage, fit.count, walker.look.size)) }));
  const reach = reachOf(fit, place, full, clouds);
  const [width, height] = roomOf(stage.cloud);
  const aspect = Math.max(0.4, (width - 40) / Math.max(40, height - 34));
  const [rx, ry] = aspect > 1 ? [reach * aspect, reach] : [reach, reach / aspect];
  const lines = clouds.map(({ walker, cloud }) => ({
    x: Array.from(cloud.x).flatMap((value) => [bounded(value, rx), bounded(value, rx), NaN]),
    y: Array.from(cloud.y).flatMap((value) => [bounded(value, ry), bounded(value, ry), NaN]),
    colour: walker.look.colour,
    width: walker === chosen ? 3.6 : 3,
    opacity: walker === chosen ? 0.6 : 0.38,
    cap: "round",
    name: `cloud-${walker.index}`,
  }));
  const gradient = chosen.parameters.map((name) => chosen.trajectory.columns.get(`gradient_${name}`)[chosen.row]);
  lines.push({ x: [0, full[0]], y: [0, full[1]], colour: "var(--ink)", width: 2.2, name: "full" });
  const unit = niceUnit(reach);
  const ticks = (r) => [-unit, 0, unit].filter((v) => Math.abs(v) < r).map((v) => [v, plainNumber(v)]);
  drawChart(stage.cloud, {
    size: theme.size(1),
    x: { range: [-rx, rx], ticks: ticks(0.6 * rx), name: "∂C/∂w" },
    y: { range: [-ry, ry], ticks: ticks(ry) },
    margin: { left: 32, right: 6, top: 12 },
    still: {
      key: "origin",
      lines: [{ x: [0, 0], y: [-ry, ry], colour: "var(--rule)", width: 1 }],
      words: [{ x: -rx, y: ry, dx: 4, dy: 2, text: [["∂C/∂b", "v"]], size: 12 }],
    },
    lines,
    dots: [
      { x: full[0], y: full[1], symbol: "circle", radius: 3.5, colour: "var(--ink)", name: "full" },
      { x: bounded(gradient[0], rx), y: bounded(gradient[1], ry), symbol: chosen.look.symbol, colour: chosen.look.colour, name: "drawn" },
    ],
  });
  const own = clouds.find(({ walker }) => walker.look.size === chosen.look.size) ?? clouds[0];
  const share = uphillShare(own.cloud, full);
  write("cloud-aside", chosen.look.kind === "full" ? t("all points agree") : t("{share} % would climb", { share: fix(100 * share, 0) }));
  describeChart(
    stage.cloud,
    t("Gradients of possible batches of {name} at its place; {share} % of them would climb. The full gradient is {gw}, {gb}.", {
      name: chosen.look.name,
      share: fix(100 * share, 0),
      gw: fix(full[0], 2),
      gb: fix(full[1], 2),
    }),
  );
}

const bounded = (value, reach) => Math.max(-reach, Math.min(reach, value));

/** How far the panel reaches: nearly all gradients of the widest cloud, in few sizes so that it does not breathe. */
function reachOf(fit, place, full, clouds) {
  const { x, y } = clouds[0]?.cloud ?? { x: pointGradients(fit, place)[0], y: pointGradients(fit, place)[1] };
  const sizes = Array.from(x, (value, i) => Math.max(Math.abs(value), Math.abs(y[i]))).sort((a, b) => a - b);
  const far = Math.max(sizes[Math.floor(0.97 * (sizes.length - 1))], Math.hypot(...full) * 1.1, 1e-3);
  const unit = 10 ** Math.floor(Math.log10(far));
  return unit * [1, 2, 3, 5, 10].find((factor) => factor * unit >= far);
}

function niceUnit(reach) {
  const unit = 10 ** Math.floor(Math.log10(reach));
  return unit * (reach / unit >= 5 ? 5 : reach / unit >= 2 ? 2 : 0.5);
}
