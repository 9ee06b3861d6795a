/** The theme of a figure: tokens.json for one of light and dark, at the sizes of a desk or of a projector. */
import { alpha } from "./colours.js";

const PROJECTED = 1.22;

/** Colours, fonts and sizes as figures want them. */
export function makeTheme(tokens, { dark = false, present = false } = {}) {
  const colours = tokens[dark ? "dark" : "light"];
  return {
    dark, present, paper: colours.paper, ink: colours.ink, ink2: colours.ink2, ink3: colours.ink3, rule: colours.rule,
    rule2: colours.rule2, focus: colours.focus, isoline: colours.isoline, ridge: colours.isoline3d,
    halo: alpha(colours.paper, dark ? 0.55 : 0.8),
    surface: colours.surface.map((colour, index) => [index / (colours.surface.length - 1), colour]),
    sans: '"Inter", "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif',
    serif: '"Steepest Serif", "Songti SC", "Noto Serif CJK SC", "SimSun", Georgia, serif',
    size: (pixels) => pixels * (present ? PROJECTED : 1),
    key: `${dark}${present}`,
  };
}
