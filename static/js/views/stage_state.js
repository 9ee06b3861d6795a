/** The state of a frame: everything that panels draw from, as one value. */
import { t } from "../i18n.js";
import { identities } from "../identity.js";
import { plainNumber } from "../numbers.js";
import { startOf } from "../settings.js";
import { isDark } from "./chrome.js";
import { ASCENT } from "./rules.js";

/** Everything that panels draw from. */
export function stateOf(page) {
  const { race, player, theme, map } = page;
  const { spec } = race;
  const who = whoIs(page, spec);
  const runs = race.runs.map((trajectory, index) => ({
    trajectory, index, identity: who[index], selected: index === page.selected, visible: !page.hidden.has(index),
  }));
  const starts = [];
  spec.runs.forEach((_, index) => {
    const start = startOf(spec, index);
    if (start && !page.hidden.has(index) && !starts.some((other) => other.every((v, i) => v === start[i]))) starts.push(start);
  });
  const together = player.step === 0 && starts.length === 1; // every run stands at the start: one ring says so
  return {
    asked: page.answered ? null : (page.scene?.view?.places ?? null),
    together,
    spec,
    theme,
    map,
    runs,
    starts,
    parameters: race.parameters,
    step: player.step,
    steps: player.steps,
    seen: page.seen,
    moving: player.playing || Boolean(page.gesture),
    ghosts: race.ghosts
      .filter((ghost) => who[ghost.run] && !page.hidden.has(ghost.run))
      .map((ghost) => ({
        ...ghost,
        identity: who[ghost.run],
        visible: true,
        selected: false,
        index: -1 - ghost.run,
      })),
    hover: page.fog ? null : page.hover,
    words: { start: t("start") },
    downhill: page.downhill,
    fog: page.fog,
    theory: page.theory,
    basins: page.basinsWanted ? page.basins : null,
    lossAxis: page.lossAxis,
    goal: page.goal === null ? null : page.goal + (map.minimum ?? 0),
    lossFloor: { floor: map.minimum ?? 0, known: map.minimum !== null && map.minimum !== undefined },
    identities: who,
  };
}

/** The identity (name, colour, dash, symbol) of each run of a spec. */
export function whoIs(page, spec) {
  const key = JSON.stringify([spec.runs, spec.problem?.noise, page.theme.dark]);
  if (page.whoKey !== key) {
    page.whoKey = key;
    page.who = identities(spec, {
      tokens: page.tokens,
      dark: page.theme.dark,
      format: plainNumber,
      titles: Object.fromEntries(page.catalog.optimizers.map((row) => [row.name, row.title])),
      families: Object.fromEntries(page.catalog.optimizers.map((row) => [row.name, row.family])),
      words: {
        descent: t("Gradient descent"),
        short: t("GD"),
        own: t("Own rule"),
        written: { [ASCENT]: t("Gradient ascent") },
        losses: { mse: t("squared error"), ce: t("cross-entropy") },
        batch: ({ mode, size }) =>
          mode === "full" ? t("full batch") : mode === "mini" ? t("{count} at a time", { count: size }) : t("one at a time"),
      },
    });
  }
  return page.who;
}

/** An optimizer's line, for menus. */
export function lookOf(page, name) {
  const look = page.tokens.optimizers[name] ?? {
    family: page.catalog.optimizers.find((row) => row.name === name)?.family ?? "plain",
    dash: "solid",
  };
  return { colour: page.tokens[isDark() ? "dark" : "light"][look.family] ?? "currentColor", dash: page.tokens.dashes[look.dash] };
}
