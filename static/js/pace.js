/**
 * What walks are compared by: examples seen, updates made, or time on a machine that handles so many points at once. A
 * clock turns a tick of the transport into an amount, and an amount into the row that each walk has then reached.
 * A walk is {size, count, steps, replacement}.
 */

const TICKS = 300;

/** The examples seen after so many updates; the last batch of an epoch may be smaller. */
export function examplesAfter({ size, count, replacement }, updates) {
  if (replacement) return updates * size;
  const perEpoch = Math.ceil(count / size);
  const epochs = Math.floor(updates / perEpoch);
  return epochs * count + Math.min((updates - epochs * perEpoch) * size, count);
}

/** What so many updates cost. `currency`: "examples", "updates" or "time". */
export function costOf(walk, updates, currency, atOnce = 32) {
  if (currency === "updates") return updates;
  if (currency === "time") return updates * Math.ceil(walk.size / atOnce);
  return examplesAfter(walk, updates);
}

/** How many updates an amount pays for. */
export function updatesFor(walk, amount, currency, atOnce = 32) {
  if (currency === "updates") return Math.min(walk.steps, Math.floor(amount));
  if (currency === "time") return Math.min(walk.steps, Math.floor(amount / Math.ceil(walk.size / atOnce)));
  if (walk.replacement) return Math.min(walk.steps, Math.floor(amount / walk.size));
  const perEpoch = Math.ceil(walk.count / walk.size);
  const epochs = Math.floor(amount / walk.count);
  return Math.min(walk.steps, epochs * perEpoch + Math.floor((amount - epochs * walk.count) / walk.size));
}

/**
 * {currency, ticks, most, log, amount(tick), row(walk, tick)}: even ticks of updates, or ticks that each add the same
 * part, so that one point and all of them can be seen on one scale.
 */
export function makeClock(currency, walks, { steps, atOnce = 32 }) {
  const most = Math.max(1, ...walks.map((walk) => costOf(walk, Math.min(steps, walk.steps), currency, atOnce)));
  const log = currency !== "updates";
  const ticks = log ? TICKS : steps;
  const amount = (tick) => {
    if (!log) return Math.min(tick, steps);
    return tick <= 0 ? 0 : tick >= ticks ? most : Math.floor(most ** (tick / ticks) + 1e-9);
  };
  const row = (walk, tick) => updatesFor(walk, amount(tick), currency, atOnce);
  return { currency, ticks, most, log, atOnce, amount, row };
}

/** The first tick at which a walk has made so many updates. */
export function tickOf(clock, walk, updates) {
  for (let tick = 0; tick < clock.ticks; tick += 1) if (clock.row(walk, tick) >= updates) return tick;
  return clock.ticks;
}

/** The nearest tick in a direction at which some walk has moved. */
export function nextMove(clock, walks, tick, direction) {
  const rows = (t) => walks.map((walk) => clock.row(walk, t)).join();
  const now = rows(tick);
  let next = tick;
  do next += direction;
  while (next > 0 && next < clock.ticks && rows(next) === now);
  return Math.max(0, Math.min(clock.ticks, next));
}

/** The first row from which on a loss is at most `goal` for the first time; -1 when there is none. */
export function firstWithin(losses, count, goal) {
  for (let row = 0; row < count; row += 1) if (losses[row] <= goal) return row;
  return -1;
}

/**
 * A walk's loss as stairs over its cost: what was paid for a batch shows only once all of it is seen. At most a few points
 * for each of `columns` pixels between the amounts `from` and `to`. {x, y}.
 */
export function stairs(walk, losses, rows, { currency, atOnce, log, from, to, columns }) {
  const place = (amount) => (log ? Math.log10(Math.max(amount, from)) - Math.log10(from) : amount - from);
  const unit = place(to) / columns;
  const [x, y] = [[from], [losses[0]]];
  let shared = []; // losses that fall on one pixel
  let paid = 0;
  let column = -1;
  const put = () => {
    const values =
      shared.length > 1
        ? [Math.max(...shared), Math.min(...shared), shared.at(-1)]
        : shared.length
          ? [y.at(-1), shared[0]]
          : [];
    for (const value of values) x.push(paid), y.push(value);
    shared = [];
  };
  for (let row = 1; row <= rows; row += 1) {
    const amount = costOf(walk, row, currency, atOnce);
    const here = Math.floor(place(amount) / unit);
    if (here !== column) put();
    shared.push(losses[row]);
    [paid, column] = [amount, here];
  }
  put();
  return { x, y };
}

/** The mean of a loss over the last part of what has been seen at each row: what noise leaves, without its jags. */
export function smoothed(losses, rows, part = 0.25) {
  const sums = new Float64Array(rows + 2);
  for (let row = 0; row <= rows; row += 1) sums[row + 1] = sums[row] + losses[row];
  return Float64Array.from({ length: rows + 1 }, (_, row) => {
    const first = Math.ceil(row * (1 - part));
    return (sums[row + 1] - sums[first]) / (row + 1 - first);
  });
}
