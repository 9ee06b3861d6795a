/** Numbers as people print them: a true minus, fixed digits, and 7.50 × 10⁻⁵ for what is very small or large. */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** An integer as superscript: -5 gives ⁻⁵. */
export function superscript(integer) {
  const digits = String(Math.abs(integer)).replace(/\d/g, (digit) => SUPERSCRIPTS[digit]);
  return (integer < 0 ? "⁻" : "") + digits;
}

/** `digits` decimals, with a true minus and never "−0.00". */
export function fix(value, digits = 2) {
  if (!Number.isFinite(value)) return infinite(value);
  const size = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(size) !== 0 ? "−" : "") + size;
}

/** `digits` significant digits: 0.00824, 842, and 7.50 × 10⁻⁵ below 10⁻⁴ or from 10⁶. */
export function num(value, digits = 3) {
  if (!Number.isFinite(value)) return infinite(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  const exponent = Number(size.toExponential(digits - 1).split("e")[1]);
  const sign = value < 0 ? "−" : "";
  if (exponent < -4 || exponent > 5) {
    const [mantissa] = size.toExponential(Math.max(0, digits - 1)).split("e");
    return `${sign}${mantissa} × 10${superscript(exponent)}`;
  }
  return sign + size.toFixed(Math.max(0, Math.min(8, digits - 1 - exponent)));
}

/** At most `digits` significant digits, without zeros at the end: 0.4, 0.5933. */
export function brief(value, digits = 4) {
  return num(value, digits).replace(/(\.\d*?)0+(?=$| )/, "$1").replace(/\.(?=$| )/, "");
}

/** As short as it can be read back: what stands in a number field. */
export function plainNumber(value) {
  return String(Number(value.toPrecision(12))).replace("-", "−");
}

/** What a person typed as a number, with any minus or a decimal comma; NaN when it is none. */
export function parseNumber(text) {
  const cleaned = text.trim().replace(/[−–－]/g, "-").replace(/^([^.]*),([^.,]*)$/, "$1.$2").replace(/^\+/, "");
  return /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(cleaned) ? Number(cleaned) : NaN;
}

/** "−2 … 2", "-2 to 2" or "-2; 2" as [low, high]; null for anything else, and where low is not below high. */
export function parseRange(text) {
  const found = text.match(/[-−–－+]?[\d.,]*\d(e[-−–－+]?\d+)?/gi) ?? [];
  const range = found.map(parseNumber);
  return range.length === 2 && range[0] < range[1] && range.every(Number.isFinite) ? range : null;
}

function infinite(value) {
  if (Number.isNaN(value)) return "–";
  return value < 0 ? "−∞" : "∞";
}
