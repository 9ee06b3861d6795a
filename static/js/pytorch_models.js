/** The PyTorch script that trains the same models on the same points, from the same weights: layers from torch.nn, rules from torch.optim. */
import { floats, number, optimizerOf, steady } from "./pytorch.js";
import { problemOf } from "./settings.js";

const LAYERS = { sigmoid: "nn.Sigmoid()", tanh: "nn.Tanh()", relu: "nn.ReLU()" };
const BENT = {
  softmax: "torch.softmax(z, 1)",
  sigmoid: "torch.sigmoid(z)",
  tanh: "torch.tanh(z)",
  relu: "torch.relu(z)",
  linear: "z",
};
/** The stable cross-entropies, of z: a softmax's is a mean over points already, that of several sigmoids a sum over outputs. */
const ENTROPY = {
  softmax: "F.cross_entropy(z, y)",
  sigmoid: 'F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(y)',
};
const LINE = 100;

/**
 * The script for a spec whose runs have these models (as `modelOf` gives them), first weights and names; null where torch
 * makes none of them. Runs with fixed biases, a schedule, changes on the way or a rule of their own are named and left out.
 */
export function modelScript(spec, models, starts, names) {
  const made = models.map((model, index) => Boolean(model && starts[index]) && trains(spec, index));
  if (!made.some(Boolean)) return null;
  const data = [];
  const runs = spec.runs.map((_, index) => made[index] && training(spec, index, { model: models[index], start: starts[index], name: names[index], data })).filter(Boolean);
  const left = names.filter((_, index) => !made[index]);
  const drawn = spec.runs.some((_, index) => made[index] && isDrawn(batchOf(spec, index)));
  return `import itertools

${drawn ? "import numpy as np\n" : ""}import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)

# A row for each point: what goes in, what should come out.
${data.join("\n")}

${drawn ? BATCHES : ""}
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

${left.length ? `\n# Left out, because torch.optim does not make the same steps: ${left.join(", ")}.` : ""}
${runs.join("\n")}`;
}

/** The batches that the engine draws: the bits of a seeded generator, which NumPy keeps the same for ever. */
const BATCHES = `
def drawn(count, size, again, seed):
    """Which points each update sees: every epoch shuffled, or drawn again from all of them."""
    for epoch in itertools.count():
        random = np.random.RandomState(np.random.Philox(np.random.SeedSequence((seed, 1, epoch))))
        order = random.randint(0, count, -(-count // size) * size) if again else random.permutation(count)
        yield from torch.tensor(order, dtype=torch.long).split(size)

`;

/** Whether torch makes the steps of a run: it has the rule, and every step moves all parameters. */
export function trains(spec, index) {
  return steady(spec, index) && problemOf(spec, index).bias !== "fixed";
}

const batchOf = (spec, index) => spec.runs[index].batch ?? spec.batch ?? { mode: "full" };
const isDrawn = (batch) => batch.mode !== "full";

/** What each update sees, as Python. */
function updates(spec, index, count) {
  const batch = batchOf(spec, index);
  if (!isDrawn(batch)) return "itertools.repeat(slice(None))";
  const seed = spec.runs[index].seed ?? spec.seed ?? 0;
  return `drawn(count=${count}, size=${batch.size ?? 1}, again=${batch.with_replacement ? "True" : "False"}, seed=${seed})`;
}

/** One call of train. `data` collects the tensors that it reads. */
function training(spec, index, { model, start, name, data }) {
  const problem = problemOf(spec, index);
  const { make, longest } = optimizerOf(spec.runs[index]);
  return `train(
    ${JSON.stringify(name)},
    x=${tensor(data, "X", model.columns)},
    y=${tensor(data, "Y", model.wanted)},
    model=${layers(model.layers)},
    start=[
${wrapped(Array.from(start, (v) => floats([v])), 8)}
    ],
    loss=lambda z, y: ${cost(model.layers.output, problem.loss)},
    decay=${number(problem.weight_decay ?? 0)},
    make=${make},
    longest=${longest},
    steps=${spec.runs[index].steps ?? spec.steps},
    batches=${updates(spec, index, model.columns[0].length)},
)
`;
}

/** The name of the tensor with these columns: of one that is there already, or of a new one. */
function tensor(data, letter, columns) {
  const rows = Array.from(columns[0], (_, i) => `[${floats(columns.map((column) => column[i]))}]`);
  const text = ` = torch.tensor([\n${wrapped(rows, 4)}\n])`;
  const same = data.find((known) => known.startsWith(letter) && known.endsWith(text));
  if (same) return same.slice(0, -text.length);
  const name = `${letter}${data.filter((known) => known.startsWith(letter)).length || ""}`;
  data.push(name + text);
  return name;
}

function layers({ sizes, activation, bias }) {
  const last = sizes.length - 2;
  const dense = sizes.slice(1).map((to, index) => {
    const layer = `nn.Linear(${sizes[index]}, ${to}${bias ? "" : ", bias=False"})`;
    return index < last && LAYERS[activation] ? `${layer}, ${LAYERS[activation]}` : layer;
  });
  return `nn.Sequential(${dense.join(", ")})`;
}

function cost(output, loss) {
  return loss === "ce" ? ENTROPY[output] : `((${BENT[output]} - y)**2).sum() / 2 / len(y)`;
}

/** Items with commas, as many on a line as have room. */
function wrapped(items, indent) {
  const lines = [];
  let line = "";
  for (const item of items) {
    if (line && line.length + item.length > LINE) lines.push(line.trimEnd());
    line = line && line.length + item.length > LINE ? `${item}, ` : `${line}${item}, `;
  }
  return [...lines, line.trimEnd()].map((text) => " ".repeat(indent) + text).join("\n");
}
