/** The map on the stage: that of the selected run's function, asked of the service once per function. */
import { post } from "../api.js";
import { makeMap } from "../map.js";
import { problemOf } from "../settings.js";
import { contourAspect } from "./contour.js";

const KEPT = 60; // answers

/** Bring the map of the selected run's function; before there is a stage it is only asked for. */
export async function mapFor(page) {
  const key = problemKey(page);
  const { answers } = page;
  if (answers.size > KEPT) answers.delete(answers.keys().next().value); // points that are dragged ask for many
  if (!answers.has(key)) answers.set(key, post("/surfaces", JSON.parse(key), { query: { resolution: 2 } }));
  try {
    const answer = await answers.get(key);
    if (key !== problemKey(page) || !page.stage) return;
    Object.assign(page, { answer, answerKey: key });
    page.stage.railDirty = true;
    remap(page);
  } catch {
    answers.delete(key);
  }
}

/** The function itself, without the noise on its gradients. */
export function problemKey(page) {
  const { noise: _noise, ...problem } = problemOf(page.spec, page.selected) ?? {};
  return JSON.stringify(problem);
}

/** Make the map again: another window, another size. */
export function remap(page) {
  if (!page.answer) return;
  const oneDimensional = page.answer.variables.length === 1;
  page.stage.quad.dataset.data = String(Boolean(page.answer.data));
  page.stage.quad.dataset.dimensions = oneDimensional ? "1" : "2";
  for (const id of ["#arrows", "#downhill"]) document.querySelector(id).closest("label").hidden = oneDimensional; // on a curve tangent and step are always drawn
  const window = page.held ?? (page.window?.length === page.answer.variables.length ? page.window : null);
  page.map = makeMap(page.answer, { window, aspect: contourAspect(page.stage.contour, page.theme) });
}

/** The catalog's row of the selected run's surface; undefined for a formula of one's own. */
export function catalogRow(page) {
  const problem = problemOf(page.spec, page.selected);
  return page.catalog.surfaces.find((surface) => problem?.kind === "surface" && surface.name === problem.name);
}
