import { Outline, Recorder } from "../../static/js/vector.js";
import { equal, test } from "./check.js";

const recorder = () => new Recorder(null, { measure: (_, text) => 6 * text.length, picture: () => "data:," });

test("a line is a path with its pen", () => {
  const context = recorder();
  Object.assign(context, { strokeStyle: "#123", lineWidth: 2.4, globalAlpha: 0.5 });
  context.setLineDash([7, 4]);
  context.beginPath();
  context.moveTo(1, 2);
  context.lineTo(3.456, 4);
  context.stroke();
  equal(context.shapes, [["path", {
    d: "M1 2L3.46 4", fill: "none", stroke: "#123", "stroke-width": 2.4, "stroke-linejoin": "miter", "stroke-linecap": "butt",
    "stroke-dasharray": "7 4", "stroke-dashoffset": 0, opacity: 0.5,
  }, null]]);
});

test("an outline of its own can be filled, a circle is two arcs, nothing is not drawn", () => {
  const context = recorder();
  const circle = new Outline();
  circle.arc(10, 20, 5);
  context.fill(circle);
  context.stroke(new Outline());
  equal(context.shapes.map(([name, { d }]) => [name, d]), [["path", "M5 20a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z"]]);
});

test("text keeps its font and its anchor, and clearing forgets", () => {
  const context = recorder();
  Object.assign(context, { font: "600 12px Inter", textAlign: "center", textBaseline: "middle", fillStyle: "red" });
  equal(context.measureText("four").width, 24);
  context.fillText("start", 3, 4);
  equal(context.shapes, [["text", { x: 3, y: 4, style: "font: 600 12px Inter", "text-anchor": "middle", dy: "0.36em", fill: "red" }, "start"]]);
  context.clearRect();
  equal(context.shapes, []);
});
