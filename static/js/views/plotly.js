/** Plotly, loaded when a view needs it: the flat part first, the part in space after it. */

const SPACE = "../../vendor/plotly-4.1.1/plotly-3d.js";
let space = null;

/** Plotly with scatter, contour and heatmap. */
export function loadPlotly() {
  return import("./plotly_flat.js").then((module) => module.default);
}

/** Plotly with surface and scatter3d as well; rejects where there is no WebGL, with the reason. */
export function loadPlotlyInSpace() {
  if (!hasWebGL()) return Promise.reject(new Error("webgl"));
  space ??= loadPlotly().then(() => import(SPACE)).then((module) => module.default);
  return space;
}

/** Whether this browser can draw in three dimensions. */
function hasWebGL() {
  try {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return Boolean(context);
  } catch {
    return false;
  }
}
