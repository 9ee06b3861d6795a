/** The entry of the Share menu that hands out the runs of a page, models on data, as a PyTorch script. */
import { t } from "../i18n.js";
import { modelOf } from "../models.js";
import { modelScript, trains } from "../pytorch_models.js";
import { problemOf } from "../settings.js";
import { point } from "../trajectory.js";
import { say } from "./notice.js";
import { showCode } from "./share.js";

/** The entry, for what `race` has run; `names(spec)` says what its runs are called. It is not there where torch makes none of them. */
export function trainingScript(race, language, names) {
  const possible = () =>
    race.runs.length > 0 &&
    !race.next &&
    race.runs.every(({ count }) => count > 0) &&
    race.spec.runs.some((_, index) => trains(race.spec, index));
  return { icon: "code", words: t("PyTorch script"), possible, press: () => show(race, language, names) };
}

async function show({ spec, runs }, language, names) {
  try {
    const models = await Promise.all(spec.runs.map((_, index) => modelOf(problemOf(spec, index), language)));
    const starts = runs.map((trajectory, index) => point(trajectory, models[index].parameters, 0));
    showCode(t("PyTorch script"), modelScript(spec, models, starts, names(spec)));
  } catch (error) {
    say(t("The script could not be made: {why}", { why: error.message }));
  }
}
