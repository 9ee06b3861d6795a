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
 * makes none of them. Runs in batches, with fixed biases, a schedule, changes on the way or a rule of their own are named and left out.
 */
export function modelScript(spec, models, starts, names) {
  const made = models.map(
    (model, index) => Boolean(model && starts[index]) && steady(spec, index) && whole(spec, index),
  );
  if (!made.some(Boolean)) return null;
  const data = [];
  const runs = spec.runs
    .map(
      (_, index) =>
        made[index] && training(spec, index, { model: models[index], start: starts[index], name: names[index], data }),
    )
    .filter(Boolean);
  const left = names.filter((_, index) => !made[index]);
  return `import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)

# A row for each point: what goes in, what should come out.
${data.join("\n")}


def train(name, x, y, model, start, loss, decay, make, longest):
    nn.utils.vector_to_parameters(torch.tensor(start), model.parameters())
    optimizer = make(model.parameters())

    def cost():
        return loss(model(x), y) + decay / 2 * sum((p**2).sum() for p in model.parameters())

    first = cost().item()
    for step in range(${spec.steps}):
        optimizer.zero_grad()
        cost().backward()
        if longest is not None:
            nn.utils.clip_grad_norm_(model.parameters(), longest)
        optimizer.step()
    print(name, "loss", first, "->", cost().item())

${left.length ? `\n# Left out, because torch.optim does not make the same steps: ${left.join(", ")}.` : ""}
${runs.join("\n")}`;
}

/** Whether every step sees all points and moves all parameters. */
function whole(spec, index) {
  const batch = spec.runs[index].batch ?? spec.batch;
  return (!batch || batch.mode === "full") && problemOf(spec, index).bias !== "fixed";
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
