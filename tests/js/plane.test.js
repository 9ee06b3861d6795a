import { beginPinch, insideWindow, pinched, toData, toPixels, zoomed } from "../../static/js/plane.js";
import { equal, close, test } from "./check.js";

const plane = { window: [[-2, 2], [-1, 3]], area: { left: 40, top: 10, width: 400, height: 200 } };

test("pixels count down from the top of the area, and lead back", () => {
  equal(toPixels(plane, [-2, 3]), [0, 0]);
  equal(toPixels(plane, [2, -1]), [400, 200]);
  equal(toPixels(plane, [1, 0]), [300, 150]);
  equal(toData(plane, 300, 150), [1, 0]);
});

test("the border belongs to the window", () => {
  equal(insideWindow(plane.window, -2, 3), true);
  equal(insideWindow(plane.window, 2.001, 0), false);
});

test("a zoom keeps the point under the pointer", () => {
  const window = zoomed(plane, [300, 150], 0.5);
  equal(window, [[-0.5, 1.5], [-0.5, 1.5]]);
  equal(toPixels({ ...plane, window }, [1, 0]), [300, 150]);
});

test("two fingers keep the point between them, and a spread of two halves the window", () => {
  const pinch = beginPinch(plane, [[100, 100], [200, 100]]);
  const window = pinched(plane, pinch, [[150, 120], [350, 120]]);
  close(window[0][1] - window[0][0], 2, 1e-12);
  close(toPixels({ ...plane, window }, [-0.5, 1])[0], 250, 1e-9);
  close(toPixels({ ...plane, window }, [-0.5, 1])[1], 120, 1e-9);
});
