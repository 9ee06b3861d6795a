/** How the two losses look on every panel of the Losses page: in which order, colour and words, and what ran before. */
import { t } from "../i18n.js";
import { niceTicks } from "../levels.js";
import { plainNumber } from "../numbers.js";

export const LOSSES = ["mse", "ce"];
export const COLOUR = { mse: "var(--c-mse)", ce: "var(--c-ce)" };
export const GHOST = { width: 1.4, dash: [1.5, 4], opacity: 0.7 };
export const nameOf = (loss) => (loss === "mse" ? t("squared error") : t("cross-entropy"));

export const MARGIN = { left: 34, right: 10, top: 6, bottom: 22 };

/** Ticks of an axis that leave room for its name at the end. */
export const ticks = (low, high) => niceTicks(low, high - 0.1 * (high - low), 6).map((value) => [value, plainNumber(value)]);
