import { modelScript } from "../../static/js/pytorch_models.js";
import { equal, holds, test } from "./check.js";

const X = [Float64Array.of(0.5, -0.3), Float64Array.of(-1.2, 1)];
const SOFTMAX = { layers: { sizes: [2, 2], activation: "linear", output: "softmax", bias: true }, columns: X, wanted: [Float64Array.of(1, 0), Float64Array.of(0, 1)] };
const NETWORK = { layers: { sizes: [2, 2, 1], activation: "tanh", output: "sigmoid", bias: false }, columns: X, wanted: [Float64Array.of(0, 1)] };
const DATASET = { points: [[0.5, -1.2], [-0.3, 1]], labels: [0, 1], classes: 2 };
const SPEC = {
  steps: 20,
  runs: [
    { problem: { kind: "softmax", dataset: DATASET, loss: "ce", weight_decay: 0.01 }, optimizer: "sgd", settings: { lr: 0.1 } },
    { problem: { kind: "network", dataset: DATASET, loss: "mse", hidden: [2] }, optimizer: "sgd_clipped", settings: { lr: 0.1, max_norm: 1 } },
    { problem: { kind: "softmax", dataset: DATASET, loss: "ce" }, optimizer: "newton", settings: { lr: 1 } },
  ],
};
const MODELS = [SOFTMAX, NETWORK, SOFTMAX];
const STARTS = [[0, 0, 0, 0, 0, 0], [1, 2, 3, 4, 0.25, -0.5], [0, 0, 0, 0, 0, 0]];
const NAMES = ["softmax", "network", "Newton"];

const WANTED = `import itertools

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)

# A row for each point: what goes in, what should come out.
X = torch.tensor([
    [0.5, -1.2], [-0.3, 1.0],
])
Y = torch.tensor([
    [1.0, 0.0], [0.0, 1.0],
])
Y1 = torch.tensor([
    [0.0], [1.0],
])


def train(name, x, y, model, start, loss, decay, make, longest, steps, batches):
    nn.utils.vector_to_parameters(torch.tensor(start), model.parameters())
    optimizer = make(model.parameters())

    def cost(rows=slice(None)):
        return loss(model(x[rows]), y[rows]) + decay / 2 * sum((p**2).sum() for p in model.parameters())

    first = cost().item()
    for rows in itertools.islice(batches, steps):
        optimizer.zero_grad()
        cost(rows).backward()
        if longest is not None:
            nn.utils.clip_grad_norm_(model.parameters(), longest)
        optimizer.step()
    print(name, "loss", first, "->", cost().item())


# Left out, because torch.optim does not make the same steps: Newton.
train(
    "softmax",
    x=X,
    y=Y,
    model=nn.Sequential(nn.Linear(2, 2)),
    start=[
        0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
    ],
    loss=lambda z, y: F.cross_entropy(z, y),
    decay=0.01,
    make=lambda p: torch.optim.SGD(p, lr=0.1),
    longest=None,
    steps=20,
    batches=itertools.repeat(slice(None)),
)

train(
    "network",
    x=X,
    y=Y1,
    model=nn.Sequential(nn.Linear(2, 2, bias=False), nn.Tanh(), nn.Linear(2, 1, bias=False)),
    start=[
        1.0, 2.0, 3.0, 4.0, 0.25, -0.5,
    ],
    loss=lambda z, y: ((torch.sigmoid(z) - y)**2).sum() / 2 / len(y),
    decay=0,
    make=lambda p: torch.optim.SGD(p, lr=0.1),
    longest=1,
    steps=20,
    batches=itertools.repeat(slice(None)),
)
`;

test("models, their points and first weights are written for torch.nn, and what torch lacks is named", () => {
  equal(modelScript(SPEC, MODELS, STARTS, NAMES), WANTED);
});

test("several sigmoids sum their cross-entropies over the outputs, and average over the points", () => {
  const problem = { ...SPEC.runs[0].problem, kind: "one_vs_rest" };
  const model = { ...SOFTMAX, layers: { ...SOFTMAX.layers, output: "sigmoid" } };
  const script = modelScript({ steps: 5, problem, runs: [{ optimizer: "adam", settings: { lr: 0.1, beta1: 0.9, beta2: 0.999, eps: 1e-8 } }] }, [model], [STARTS[0]], ["one"]);
  holds(script.includes('loss=lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(y),'), script);
  holds(script.includes("make=lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8),"), script);
});

test("batches are drawn as the engine draws them, from the seed of the run, for as many updates as it makes", () => {
  const [first] = SPEC.runs;
  const script = (batch, more) => modelScript({ steps: 20, seed: 7, runs: [{ ...first, batch, ...more }] }, [SOFTMAX], [STARTS[0]], ["softmax"]);
  const mini = script({ mode: "mini", size: 2, with_replacement: true }, { steps: 50, seed: 3 });
  holds(mini.includes("import numpy as np\n"), mini);
  holds(mini.includes("np.random.RandomState(np.random.Philox(np.random.SeedSequence((seed, 1, epoch))))"), mini);
  holds(mini.includes("    steps=50,\n    batches=drawn(count=2, size=2, again=True, seed=3),\n"), mini);
  holds(script({ mode: "stochastic" }).includes("    steps=20,\n    batches=drawn(count=2, size=1, again=False, seed=7),\n"));
  holds(!script({ mode: "full" }).includes("numpy"));
});

test("there is no script where torch makes none of the runs", () => {
  const [first] = SPEC.runs;
  const none = (spec) => equal(modelScript({ steps: 20, ...spec }, [SOFTMAX], [STARTS[0]], ["softmax"]), null);
  none({ runs: [{ ...first, schedule: { name: "cosine", settings: {} } }] });
  none({ runs: [{ ...first, problem: { ...first.problem, bias: "fixed" } }] });
  none({ runs: [first], changes: [{ run: 0, after: 5, settings: { lr: 0.2 } }] });
  equal(modelScript({ steps: 20, runs: [first] }, [SOFTMAX], [null], ["softmax"]), null);
});
