import { curl, frame } from "/static/js/snippets.js";
import { equal, test } from "/tests/js/check.js";

const ORIGIN = "https://steepest.example";

test("a frame shows the link's figure, and nothing in the link can leave its attribute", () => {
  equal(frame(ORIGIN, "/losses?run=sgd(lr=0.15);neuron=mse&steps=300", 'Losses "one"'),
    '<iframe src="https://steepest.example/embed?run=sgd(lr=0.15);neuron=mse&amp;steps=300" title="Losses &quot;one&quot;" width="640" height="420" '
    + 'loading="lazy" style="border: 0; max-width: 100%"></iframe>');
});

test("curl gets the link, or posts the spec where there is none", () => {
  equal(curl(ORIGIN, "/?surface=bowl&run=sgd", {}), "curl 'https://steepest.example/api/v1/trajectories?surface=bowl&run=sgd'");
  equal(curl(ORIGIN, null, { a: "it's" }), "curl 'https://steepest.example/api/v1/trajectories' -H 'Content-Type: application/json' -d '{\"a\":\"it'\\''s\"}'");
});
