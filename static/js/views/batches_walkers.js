/** The walks on the screen as the panels of the Batches page take them: rows, losses above the best, looks and paces. */
import { t } from "../i18n.js";
import { plainNumber } from "../numbers.js";
import { smoothed } from "../pace.js";
import * as walks from "../walks.js";
import { fitOf } from "./batches_measures.js";

/** What each walk of a spec sees at an update, and how many it makes. */
export function pacesOf(page, spec) {
  return spec.runs.map((walk, index) => {
    const { count } = fitOf(page, spec, index).fit;
    const batch = walks.batchOf(spec, index);
    return { size: walks.sizeOf(batch, count), count, steps: walk.steps ?? spec.steps, replacement: Boolean(batch.with_replacement) };
  });
}

/** Each walk as the panels take it, at the tick shown. */
export function walkersOf(page) {
  const { clock, race, player, ran: spec } = page;
  const counts = page.paces.map(({ count }) => count);
  const key = JSON.stringify([spec.runs, counts, page.theme.dark]);
  if (page.lookKey !== key) {
    page.lookKey = key;
    page.looks = walks.looks(spec, counts, {
      tokens: page.tokens, dark: page.theme.dark, format: plainNumber,
      words: {
        stochastic: () => t("Stochastic"), mini: (size) => t("Mini-batch {size}", { size }), full: () => t("Full batch"),
        of: (name, count) => t("{name} of {count}", { name, count }), again: (name) => t("{name} (drawn again)", { name }), rule: (name) => titleOf(page, name),
      },
    });
  }
  return race.runs.map((trajectory, index) => {
    const { fit, answer } = fitOf(page, spec, index);
    const row = Math.min(clock.row(page.paces[index], player.step), trajectory.count - 1);
    const loss = trajectory.columns.get("full_loss") ?? trajectory.columns.get("loss");
    const excess = excesses(trajectory, loss, fit);
    const level = page.looks[index].kind === "full" ? excess : smoothedOf(trajectory, excess);
    return {
      index, trajectory, row, fit, answer, parameters: race.parameters, plain: spec.runs[index].optimizer === "sgd", rateKey: walks.rateKey(spec, index), pace: page.paces[index], look: page.looks[index], selected: index === page.selected, lr: spec.runs[index].settings.lr,
      excess, level, over: trajectory.status.state !== "running" && row >= trajectory.count - 1,
    };
  });
}

const titleOf = (page, name) => page.data.catalog.optimizers.find((row) => row.name === name)?.title ?? t("Your own rule");

const kept = new WeakMap();

/** The loss above the least one, row by row; what rounding leaves below nothing is nothing. */
function excesses(trajectory, loss, fit) {
  let known = kept.get(trajectory);
  if (known?.count !== trajectory.count || known.version !== trajectory.version) {
    known = { count: trajectory.count, version: trajectory.version, values: Float64Array.from({ length: trajectory.count }, (_, row) => Math.max(0, loss[row] - fit.least)) };
    kept.set(trajectory, known);
  }
  return known.values;
}

/** What noise leaves on average: the number that the page shows of a noisy walk. */
function smoothedOf(trajectory, excess) {
  const known = kept.get(trajectory);
  known.smooth ??= smoothed(excess, excess.length - 1);
  return known.smooth;
}
