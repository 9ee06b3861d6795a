import { parseRange } from "../../static/js/numbers.js";
import { equal, test } from "./check.js";

test("a range is two numbers, the lower first, in any of the ways people write it", () => {
  for (const text of ["−2 … 2", "-2 to 2", "-2; 2", "-2, 2", "[-2 2]"]) equal(parseRange(text), [-2, 2]);
  equal(parseRange("-0,5 … 1,5"), [-0.5, 1.5]);
  equal(parseRange("1e-3 … 2e3"), [0.001, 2000]);
  for (const text of ["2 … -2", "2", "1 … 2 … 3", "left"]) equal(parseRange(text), null);
});
