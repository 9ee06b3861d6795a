import { nearestPlace, pick, projector } from "../../static/js/geometry.js";
import { close, equal, test } from "./check.js";

test("a press means the nearest place, where one is within reach", () => {
  const places = [[3, 2], [3.58, -1.85]];
  equal(nearestPlace(places, [3.1, 1.9], 0.5), 0);
  equal(nearestPlace(places, [3.4, -1.7], 0.5), 1);
  equal(nearestPlace(places, [0, 0], 0.5), -1);
});

test("a line of sight through a pixel meets the ground where that pixel shows it", () => {
  // A camera straight above at height 4, looking down: w is the distance below it, the planes are at 0.1 and 8.
  const [a, b] = [8.1 / 7.9, -1.6 / 7.9];
  const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -a, -1, 0, 0, 4 * a + b, 4];
  const eye = projector(matrix, [1, 1, 1], 200, 100);
  const height = (x, y) => 0.3 * x * x + 0.2 * y;
  const point = [0.7, -0.4, height(0.7, -0.4)];
  const found = pick(eye.ray(...eye.project(point)), height, [[-2, 2], [-2, 2]], [-1, 2]);
  close(found[0], 0.7, 1e-9);
  close(found[1], -0.4, 1e-9);
  equal(pick(eye.ray(5000, 50), height, [[-2, 2], [-2, 2]], [-1, 2]), null);
});
