/** The flat part of Plotly: scatter, contour and heatmap. A page that draws with it at once imports it by name, and its head fetches it ahead. */
export { default } from "../../vendor/plotly-4.1.1/plotly.js";
