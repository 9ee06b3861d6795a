import { nearestPlace } from "../../static/js/geometry.js";
import { equal, test } from "./check.js";

test("a press means the nearest place, where one is within reach", () => {
  const places = [[3, 2], [3.58, -1.85]];
  equal(nearestPlace(places, [3.1, 1.9], 0.5), 0);
  equal(nearestPlace(places, [3.4, -1.7], 0.5), 1);
  equal(nearestPlace(places, [0, 0], 0.5), -1);
});
