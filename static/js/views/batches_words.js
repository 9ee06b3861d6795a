/** The words of the Batches page: its headline, and what became of a prediction. */
import { parts, plain } from "../describe.js";
import { t } from "../i18n.js";
import { fix, num } from "../numbers.js";
import { covered, meanOfRarest } from "../features.js";
import { costOf, firstWithin } from "../pace.js";
import { noiseFloor } from "../regression.js";
import { countText, here } from "./batches_parts.js";
import { rarestOf } from "./batches_features.js";
import { element } from "./element.js";

const DECORATION = { solid: "solid", dot: "dotted", dash: "dashed", dashdot: "dashed", longdash: "dashed" };
const WITHIN = 0.05; // above the best loss: what "arrived" means in the scenes
const SMALLEST = 1e-5;

/** An excess as a person reads it. */
export function excessText(value) {
  return value < SMALLEST ? "< 10⁻⁵" : num(value, 2);
}

/** The live sentence: how far above the best every walk is, for the same amount. */
export function sayWalks(place, page) {
  const said = sentence(page);
  const key = said.map(({ slot, text }) => `${slot}${text}`).join("|") + page.theme.dark;
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(...said.map(({ text, walker, strong }) => {
    if (walker)
      return element(
        "span",
        { class: "who", style: { color: walker.look.colour, "text-decoration-style": DECORATION[walker.look.dashName] } },
        text,
      );
    return strong ? element("b", {}, text) : text;
  }));
}

function sentence(page) {
  const { walkers, player } = page;
  const gone = walkers.find((walker) => walker.over && walker.trajectory.status.state === "diverged");
  if (gone) {
    return parts("{who} diverged after update {step}: at a rate of {lr} its own noise throws it out.", {
      who: gone.look.name,
      step: gone.trajectory.status.step,
      lr: num(gone.lr, 2),
    }).map((part) => ({ ...part, walker: part.slot === "who" ? gone : null }));
  }
  if (player.step === 0 && walkers.some(({ excess }) => Math.abs(excess[0] - walkers[0].excess[0]) > 1e-9)) return goOn(walkers);
  if (player.step === 0) {
    return parts("All start {excess} above the best loss.", { excess: num(walkers[0].excess[0], 3) }).map((part) => ({
      ...part,
      strong: part.slot === "excess",
    }));
  }
  return page.plane ? standing(page) : rarest(page);
}

/** Walks that begin at different places go on from what they had learned of other points. */
function goOn(walkers) {
  return [
    ...parts("With these {count} points the walks go on from where they are, above the best loss by: ", {
      count: countText(walkers[0].fit.count),
    }),
    ...each(walkers, ({ excess }) => excessText(excess[0])),
  ];
}

/** How far each rule is with the features that occur least. */
function rarest({ walkers, player, clock }) {
  const lead = {
    examples: (count) => t("After {count} points seen the rarest features’ weights have come this far: ", { count }),
    updates: (count) => t("After {count} updates the rarest features’ weights have come this far: ", { count }),
    time: (count) => t("After a time of {count} the rarest features’ weights have come this far: ", { count }),
  }[clock.currency](countText(clock.amount(player.step)));
  return [{ text: lead }, ...each(walkers, (walker) => `${fix(100 * rarestOf(walker), 0)}\u00a0%`)];
}

/** "Stochastic 0.06, Full batch 0.2." */
function each(walkers, say) {
  const between = document.documentElement.lang.startsWith("zh") ? "，" : ", ";
  const stop = document.documentElement.lang.startsWith("zh") ? "。" : ".";
  return [
    ...walkers.flatMap((walker, i) => [
      { text: i ? between : "" },
      { text: walker.look.name, walker },
      { text: "\u00a0" },
      { text: say(walker), strong: true },
    ]),
    { text: stop },
  ];
}

function standing({ walkers, clock, player }) {
  const amount = clock.amount(player.step);
  const lead = {
    examples: () =>
      amount === 1
        ? t("Above the best loss after 1 point seen: ")
        : t("Above the best loss after {count} points seen: ", { count: countText(amount) }),
    updates: () =>
      amount === 1
        ? t("Above the best loss after 1 update: ")
        : t("Above the best loss after {count} updates: ", { count: countText(amount) }),
    time: () => t("Above the best loss after a time of {count}: ", { count: countText(amount) }),
  }[clock.currency]();
  return [{ text: lead }, ...each(walkers, (walker) => excessText(walker.level[walker.row]))];
}

/** Whether the prediction was right, and the numbers. */
export function verdictOf({ scene, verdict, walkers }) {
  const right = verdict.choice === scene.answer ? t("Right.") : t("Not quite.");
  const facts = FACTS[scene.name]?.(walkers);
  return facts ? `${right} ${facts}` : right;
}

/** Points seen until a walk is within 0.05 of the best. */
function paid(walker) {
  const row = firstWithin(walker.excess, walker.excess.length, WITHIN);
  return row < 0 ? "–" : countText(costOf(walker.pace, row, "examples"));
}

const FACTS = {
  "three-batches": ([one, some, all]) =>
    t("Within 0.05 of the best after {one}, {some} and {all} points.", { one: paid(one), some: paid(some), all: paid(all) }),
  "noise-floor": ([fast, , slow]) =>
    t("In theory at {fast} and at {slow}.", {
      fast: num(noiseFloor(fast.fit, 1, fast.lr), 2),
      slow: num(noiseFloor(slow.fit, 1, slow.lr), 2),
    }),
  "batch-own-rates": (three) => {
    const after = (walker) =>
      excessText(walker.level[Math.min(Math.round((3 * walker.pace.count) / walker.pace.size), walker.excess.length - 1)]);
    const [one, some, all] = three.map(after);
    return t("After 1,536 points: {one}, {some} and {all}.", { one, some, all });
  },
  redundancy: ([all, once, some, someOnce]) =>
    t("Points until within 0.05: full {once} and {all}; 16 at a time {someOnce} and {some}.", {
      once: paid(once),
      all: paid(all),
      someOnce: paid(someOnce),
      some: paid(some),
    }),
  "rare-features": (three) => {
    const after = three.map(
      (walker) => `${walker.look.name} ${fix(100 * meanOfRarest(walker.fit, covered(walker.fit, here(walker, 0), here(walker, 20))), 0)}\u00a0%`,
    );
    return t("Covered after 20 updates: {facts}.", { facts: after.join(", ") });
  },
  reshuffled: (two) => {
    const [deck, again] = two.map(({ excess }) =>
      num(excess.slice(100).reduce((sum, value) => sum + value, 0) / Math.max(1, excess.length - 100), 2),
    );
    return t("From update 100 on, on average: {deck} and {again}.", { deck, again });
  },
};

/** The sentence as plain text, for a reader. */
export const spoken = (page) => plain(sentence(page));
