/**
 * The panels of the Batches page at one tick of its clock: the bowl with its walks, the loss above the best one, the points
 * with their lines, the gradients that other batches would give, and the noise floor against the rate; of a model with
 * many features, the weights on their way.
 */
import { drawBowl } from "./batches_bowl.js";
import { drawCloud } from "./batches_cloud.js";
import { drawExcess } from "./batches_excess.js";
import { createFeatures, drawFeatures } from "./batches_features.js";
import { drawFloor, pickRate } from "./batches_floor.js";
import { find } from "./batches_parts.js";
import { createPoints, drawPoints } from "./batches_points.js";
import { createChart } from "./chart.js";
import { createContour } from "./contour.js";

const REST_AFTER = 140; // ms without change before Plotly draws the paths

/** Make the panels. */
export function createStage(page, plotly, act) {
  const chart = (id) => createChart(find(id), "");
  const stage = {
    changedAt: 0,
    act,
    contour: createContour(find("contour"), plotly, act),
    excess: chart("excess"),
    data: createPoints(page, chart("data"), act),
    cloud: chart("cloud"),
    floor: chart("floor"),
    features: createFeatures(act),
    views: new WeakMap(),
    batches: new Map(),
    lines: new WeakMap(),
    mapKey: "",
    map: null,
  };
  pickRate(page, stage);
  return stage;
}

/** Whether nothing has changed for a moment. */
export function isResting(stage, now) {
  return now - stage.changedAt >= REST_AFTER;
}

/** Draw everything; `rest` hands the paths to Plotly. */
export function drawStage(page, rest) {
  find("panels").dataset.of = page.plane ? "plane" : "features";
  drawExcess(page);
  if (!page.plane) return drawFeatures(page, page.stage.features);
  drawBowl(page, rest);
  drawPoints(page, page.stage.data);
  drawCloud(page);
  drawFloor(page);
}
