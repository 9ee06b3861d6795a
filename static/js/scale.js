/** Sliders: a setting's value <-> a position between 0 and 1, on the scale its registry declares. */

const DIGITS = 2;

/** Position 0..1 of a value. "log": even in powers of ten; "complement": even in powers of ten of 1 - value. */
export function position(setting, value) {
  const [low, high] = ends(setting);
  const place = (forward(setting, value) - low) / (high - low);
  return Math.max(0, Math.min(1, Number.isFinite(place) ? place : 0));
}

/** The value at a position, rounded to as many digits as a person wants to read. */
export function valueAt(setting, place) {
  const [low, high] = ends(setting);
  const raw = low + (high - low) * Math.max(0, Math.min(1, place));
  if (setting.scale === "log") return round(10 ** raw, DIGITS);
  if (setting.scale === "complement") return Number((1 - round(10 ** -raw, DIGITS)).toPrecision(6));
  return round(raw, 3);
}

function forward(setting, value) {
  if (setting.scale === "log") return Math.log10(value);
  if (setting.scale === "complement") return -Math.log10(1 - value);
  return value;
}

/** A slider cannot show 0 on a log scale nor 1 on a complement: it ends a few decades short; the number field takes all. */
function ends(setting) {
  const [low, high] = setting.reach ?? [setting.low, setting.high];
  if (setting.scale === "log") return [Math.log10(Math.max(low, 1e-8)), Math.log10(high)];
  if (setting.scale === "complement") return [forward(setting, low), -Math.log10(Math.max(1 - high, 1e-4))];
  return [low, high];
}

function round(value, digits) {
  return value === 0 ? 0 : Number(value.toPrecision(digits));
}

/** A learning rate's slider reaches four decades, a little more below `around` than above it. */
export function rateReach(setting, around) {
  const middle = around > 0 ? Math.log10(around) : -2;
  const low = Math.floor(middle * 2) / 2 - 2;
  return { ...setting, scale: "log", reach: [10 ** low, Math.min(setting.high, 10 ** (low + 4))] };
}
