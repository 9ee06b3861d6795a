"""The scenes that pages open on and offer: each one a spec, a lesson and a question to answer before Play."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.words import mark

Json = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """One scene of a page: what runs, the step it is paused at, what it teaches, and what it asks first."""

    name: str
    page: str
    title: str
    lesson: str
    spec: Json
    question: str = ""
    choices: tuple[str, ...] = ()
    answer: int = -1  # which of the choices is right
    step: int = 0  # the step shown when the page opens on it
    view: Json = field(default_factory=dict)  # what else the page shows, in its own words; follow: the run asked about

    def body(self, say: Callable[[str], str]) -> Json:
        """The scene's texts in the reader's language."""
        return {
            "name": self.name,
            "title": say(self.title),
            "lesson": say(self.lesson),
            "question": say(self.question) if self.question else "",
            "choices": [say(choice) for choice in self.choices],
            "answer": self.answer,
            "step": self.step,
            "view": self.view,
        }


def run(optimizer: str, lr: float, **more: Any) -> Json:
    """A run of a spec."""
    settings = {"lr": lr, **more.pop("settings", {})}
    return {"optimizer": optimizer, "settings": settings, **more}


def descent(surface: str, start: tuple[float, ...], steps: int, *runs: Json, **fields: Any) -> Json:
    """Runs from one start on a surface; `fields` are the problem's: its settings, its noise."""
    problem = {"kind": "surface", "name": surface, **fields}
    return {"problem": problem, "start": list(start), "steps": steps, "runs": list(runs)}


def neurons(
    start: tuple[float, float], lr: float = 0.15, target: float = 0, *, ce: float | None = None, steps: int = 300
) -> Json:
    """One neuron trained twice from the same start, by squared error and by cross-entropy."""
    return {
        "start": list(start),
        "steps": steps,
        "runs": [
            run("sgd", lr, problem={"kind": "neuron", "loss": "mse", "input": 1, "target": target}),
            run(
                "sgd", lr if ce is None else ce, problem={"kind": "neuron", "loss": "ce", "input": 1, "target": target}
            ),
        ],
    }


SIX: Json = {"points": [[-2], [-1.2], [-0.4], [0.4], [1.2], [2]], "labels": [0, 0, 1, 0, 1, 1]}  # no line parts them


def blobs(count: int = 150, classes: int = 3, **more: Any) -> Json:
    """A dataset of clouds on a circle."""
    return {"name": "blobs", "count": count, "classes": classes, **more}


def turned(classes: int = 3) -> list[float]:
    """Softmax weights 1.5 times each class's direction, turned by 120 degrees, and biases 0: nearly all is wrong."""
    angles = [2 * math.pi * k / classes + 2 * math.pi / 3 for k in range(classes)]
    weights = [round(1.5 * part, 6) for angle in angles for part in (math.cos(angle), math.sin(angle))]
    return weights + [0.0] * classes


def deep(activation: str, init: str) -> Json:
    """A network of eight hidden layers of eight units on two moons."""
    hidden = {"hidden": [8] * 8, "activation": activation, "init": init, "output": "sigmoid", "loss": "ce"}
    return {"kind": "network", "dataset": {"name": "moons"}, **hidden}


def walks(*runs: Json, count: int = 512, repeat: int = 1, steps: int = 300) -> Json:
    """Walks from one start on the bowl of a line fitted to noisy points, each with its own batches."""
    dataset = {"name": "line", "count": count} | ({"repeat": repeat} if repeat > 1 else {})
    return {
        "problem": {"kind": "linear", "dataset": dataset},
        "start": [-2, 3],
        "steps": steps,
        "runs": list(runs),
    }


def walk(size: int | None, lr: float = 0.1, **more: Any) -> Json:
    """Plain descent with batches of a size; None for all points."""
    mode = "full" if size is None else "stochastic" if size == 1 else "mini"
    batch = {"mode": mode} | ({"size": size} if mode == "mini" else {}) | more.pop("batch", {})
    return run("sgd", lr, batch=batch, **more)


def by_hand(points: list[float], targets: list[float], start: list[float], lr: float, **network: Any) -> Json:
    """A network on one point, small enough to be written out."""
    dataset = {"points": [points], "labels": [targets]}
    return {
        "problem": {"kind": "network", "dataset": dataset, "activation": "sigmoid", **network},
        "start": start,
        "steps": 200,
        "runs": [run("sgd", lr)],
    }


def logistic(
    dataset: Json, start: tuple[float, float], lr: float, *, ce: float | None = None, steps: int, bias: bool = True
) -> Json:
    """Logistic regression trained twice from the same start, by squared error and by cross-entropy."""
    shared = {"kind": "logistic", "dataset": dataset, "bias": bias}
    return {
        "start": list(start),
        "steps": steps,
        "runs": [
            run("sgd", lr, problem={**shared, "loss": "mse"}),
            run("sgd", lr if ce is None else ce, problem={**shared, "loss": "ce"}),
        ],
    }


SCENES = (
    Scene(
        "two-holes",
        "descent",
        mark("Two holes"),
        mark("Where you end depends on the way: drag the start a little to the right, and momentum falls short."),
        descent("dupont", (0.75, 1), 150, run("sgd", 0.01), run("momentum", 0.01), run("adam", 0.05)),
        mark("Which of the three ends in the shallow hole on the right?"),
        (mark("Gradient descent"), mark("Momentum"), mark("Adam")),
        answer=0,
        view={"follow": 0},
    ),
    Scene(
        "by-hand",
        "descent",
        mark("By hand"),
        mark(
            "On x² each step multiplies x by 1 − 2 × rate: at rate 1 it jumps from side to side, above 1 it flies off."
        ),
        descent("parabola", (1,), 30, *(run("sgd", lr) for lr in (0.02, 0.4, 0.9, 1.0, 1.05))),
        mark("From x = 1 with rate 0.4: where is the next point?"),
        (mark("at 0.6"), mark("at 0.2"), mark("at −0.4")),
        answer=1,
        view={"places": [[0.6], [0.2], [-0.4]], "follow": 1},
    ),
    Scene(
        "ravine",
        "descent",
        mark("Ravine"),
        mark("The steep direction limits the rate: 2/50 = 0.04 is the cliff. Adam turns early, but is not faster."),
        descent("ravine", (-8, 2), 150, run("sgd", 0.038), run("sgd", 0.041), run("momentum", 0.01), run("adam", 0.3)),
        mark("Two runs differ only in their rate, 0.038 and 0.041. What happens to the second?"),
        (mark("It arrives a little earlier"), mark("It zigzags, and arrives"), mark("It flies off")),
        answer=2,
        view={"follow": 1},
    ),
    Scene(
        "turned-ravine",
        "descent",
        mark("Turned ravine"),
        mark(
            "The same ravine, turned: plain descent and momentum do not notice, Adam does: its steps follow the axes."
        ),
        descent("turned_ravine", (-5.66, -2.83), 200, run("sgd", 0.038), run("momentum", 0.01), run("adam", 0.3)),
        mark("The ravine is only turned. Which of the three needs more steps now?"),
        (mark("Gradient descent"), mark("Momentum"), mark("Adam")),
        answer=2,
    ),
    Scene(
        "banana",
        "descent",
        mark("Banana"),
        mark("The curved valley is easy to find and slow to follow: gradient descent crawls along its floor."),
        descent("rosenbrock", (-1.2, 1), 500, run("sgd", 0.001), run("momentum", 0.001), run("adam", 0.2)),
        mark("After 500 steps, which one has not come near the minimum?"),
        (mark("Gradient descent"), mark("Momentum"), mark("Adam")),
        answer=0,
        view={"follow": 0},
    ),
    Scene(
        "heavy-ball",
        "descent",
        mark("Heavy ball"),
        mark("Memory helps, then swings: 0.8 arrives first, 0.99 has not arrived after 200 steps."),
        descent(
            "heavy_ball",
            (-8, 1),
            200,
            *(run("momentum", 0.04, settings={"momentum": beta}) for beta in (0, 0.5, 0.8, 0.9, 0.99)),
        ),
        mark("Momentum 0, 0.5, 0.8, 0.9 and 0.99: which arrives first?"),
        ("0.5", "0.8", "0.99"),
        answer=1,
        view={"follow": 2},
    ),
    Scene(
        "saddle",
        "descent",
        mark("Saddle"),
        mark(
            "A saddle delays, it does not hold: the time grows with the logarithm of how close to the ridge you start."
        ),
        descent("saddle", (1.5, 1e-6), 250, run("sgd", 0.1), run("momentum", 0.1), run("adam", 0.1)),
        mark("The start is a millionth beside the ridge. Does gradient descent get away?"),
        (mark("No, it is trapped"), mark("Yes, within 20 steps"), mark("Yes, after about 150 steps")),
        answer=2,
        view={"follow": 0},
    ),
    Scene(
        "plateau",
        "descent",
        mark("Plateau"),
        mark("Where the slope is tiny, so are the steps. Adam divides by the gradient's size, and walks."),
        descent("plateau", (3, 2), 300, run("sgd", 0.1), run("momentum", 0.1), run("adam", 0.1)),
        mark("All three have the rate 0.1. Which is at the bottom first?"),
        (mark("Gradient descent"), mark("Momentum"), mark("Adam")),
        answer=2,
    ),
    Scene(
        "units",
        "descent",
        mark("Units"),
        mark(
            "The loss is in other units, a hundred times smaller: Adam walks as before, gradient descent hardly moves."
        ),
        descent("units", (-8, 2), 100, run("sgd", 0.05), run("adam", 0.3), settings={"s": 0.01}),
        mark("The loss is divided by 100. Whose path changes?"),
        (mark("Gradient descent's"), mark("Adam's"), mark("Both")),
        answer=0,
        view={"follow": 0},
    ),
    Scene(
        "noise",
        "descent",
        mark("Noise"),
        mark("With noise in the gradient each rate ends on a floor of its own: the floor is proportional to the rate."),
        descent("noisy_plain", (-6, 3), 600, *(run("sgd", lr) for lr in (0.2, 0.05, 0.01)), noise=2),
        mark("Which rate ends lowest after 600 steps?"),
        ("0.2", "0.05", "0.01"),
        answer=2,
    ),
    Scene(
        "watershed",
        "descent",
        mark("Watershed"),
        mark("A start moved by 0.04 ends in another valley: on a watershed the smallest thing decides."),
        descent("himmelblau", (-0.27, -0.92), 150, run("sgd", 0.01), run("adam", 0.2)),
        mark("In which of the four holes does gradient descent end? Tap it on the map."),
        (mark("upper right"), mark("upper left"), mark("lower left"), mark("lower right")),
        answer=3,
        view={"places": [[3, 2], [-2.81, 3.13], [-3.78, -3.28], [3.58, -1.85]], "follow": 0},
    ),
    Scene(
        "no-single-winner",
        "descent",
        mark("No single winner"),
        mark(
            "Each has the best settings it can have here, and momentum is first, with 58 steps. Along the axes "
            "Adam could do it in 20: no rule is the best everywhere."
        ),
        descent(
            "quadratic",
            (-6.22, -1.12),
            360,
            run("sgd", 0.0198),
            run("momentum", 0.03305785, settings={"momentum": 0.669421}),
            run("adam", 1.94, settings={"beta1": 0.8}),
            settings={"condition": 100, "angle": 0.5},
        ),
        mark("Each of the three has its best settings. Which is first at a millionth of the loss?"),
        (mark("Gradient descent"), mark("Momentum"), mark("Adam")),
        answer=1,
        view={"follow": 1},
    ),
    Scene(
        "badly-wrong",
        "losses",
        mark("Start badly wrong"),
        mark("At the same learning rate squared error hardly moves where it is most wrong."),
        neurons((2, 2)),
        mark("At which output is the gradient of squared error largest?"),
        (mark("at 1"), mark("at 2/3"), mark("at 1/2")),
        answer=1,
        step=20,
    ),
    Scene(
        "near",
        "losses",
        mark("Start near"),
        mark("From a start that is only a little wrong the two differ much less."),
        neurons((0.6, 0.9)),
        step=20,
    ),
    Scene(
        "own-rates",
        "losses",
        mark("Each its best rate"),
        mark("With a rate of its own squared error is as quick: it takes 4 steps, cross-entropy 2."),
        neurons((2, 2), 25, 0.2, ce=2.2, steps=12),
        step=4,
        view={"own": True},
    ),
    Scene(
        "mislabelled",
        "losses",
        mark("Far and mislabelled"),
        mark("Eight far points with the wrong label pull cross-entropy over; squared error lets them go."),
        logistic({"name": "mislabelled"}, (0, 0), 0.5, steps=100),
        mark("After 100 steps, which of the two has more points on the right side?"),
        (mark("squared error"), mark("cross-entropy")),
        answer=0,
    ),
    Scene(
        "four-valleys",
        "losses",
        mark("Four valleys"),
        mark("On the same data squared error has four minima, cross-entropy one."),
        logistic({"name": "valleys"}, (-3, 1), 3, ce=0.3, steps=400, bias=False),
        mark("Will squared error find the lowest of its four minima from (−3, 1)?"),
        (mark("yes, the lowest"), mark("no, another one")),
        answer=1,
        view={"own": True, "basins": True},
    ),
    Scene(
        "six-points",
        "losses",
        mark("Six points"),
        mark("What multiplies the likelihood is added to the loss: the product goes up as the sum goes down."),
        logistic(SIX, (-1, 0.5), 0.3, steps=60),
        mark("While it learns the likelihood of the six points doubles. What does the sum of their terms do?"),
        (mark("it halves"), mark("it falls by ln 2 = 0.693"), mark("it doubles")),
        answer=1,
        view={"panel": "terms"},
    ),
    Scene(
        "soft-target",
        "losses",
        mark("A soft target"),
        mark("Training can only take the divergence away: the entropy of the target stays."),
        neurons((2, 2), target=0.2),
        mark("The target is 0.2. How far down can cross-entropy get?"),
        (mark("to 0"), mark("to 0.2"), mark("to 0.5004")),
        answer=2,
        view={"panel": "terms"},
    ),
    Scene(
        "pairs",
        "losses",
        mark("Seven pairs"),
        mark("At z = 4 the slope of tanh is 0.0013, and squared error multiplies by it."),
        neurons((2, 2)),
        mark("All seven start at z = 4 and should get to 0. Which one will hardly move?"),
        (mark("sigmoid"), "tanh", "ReLU"),
        answer=1,
        view={"panel": "outputs"},
    ),
    Scene(
        "turned",
        "classify",
        mark("Turned by 120°"),
        mark("Each point pulls its class's weights towards itself by as much as it is told wrongly."),
        {
            "problem": {"kind": "softmax", "dataset": blobs()},
            "start": turned(),
            "steps": 200,
            "runs": [run("sgd", 0.1)],
        },
        mark("These weights are turned by 120°. After how many steps are nine points of ten on the right side?"),
        (mark("about 3"), mark("about 25"), mark("about 150")),
        answer=1,
        view={"goal": 0.9, "speed": 0.25},
    ),
    Scene(
        "twins",
        "classify",
        mark("Two classes"),
        mark("With two classes softmax is logistic regression: step for step, at half the learning rate."),
        {
            "steps": 200,
            "runs": [
                run("sgd", 0.1, problem={"kind": "softmax", "dataset": blobs(100, 2, sd=1.3)}),
                run("sgd", 0.2, problem={"kind": "logistic", "dataset": blobs(100, 2, sd=1.3)}),
            ],
        },
        mark("Softmax learns at rate 0.1. At which rate does logistic regression take the very same steps?"),
        ("0.05", "0.1", "0.2"),
        answer=2,
        view={"panel": "twins"},
    ),
    Scene(
        "too-many",
        "classify",
        mark("Too many weights"),
        mark("One vector added to every class changes nothing, so some directions are flat; weight decay bends them."),
        {
            "problem": {"kind": "softmax", "dataset": blobs(sd=1.3)},
            "steps": 60,
            "runs": [run("sgd", 0.5), run("newton", 1), run("lbfgs", 1)],
        },
        mark("Add the same vector to the weights of every class. What does the loss do?"),
        (mark("it rises"), mark("it falls"), mark("it stands still")),
        answer=2,
        view={"panel": "shift", "speed": 0.25},
    ),
    Scene(
        "both",
        "classify",
        mark("Either, or both"),
        mark("Softmax shares one certainty among its classes; one against the rest can say yes twice."),
        {
            "steps": 200,
            "runs": [
                run("sgd", 0.5, problem={"kind": "one_vs_rest", "dataset": {"name": "overlapping"}}),
                run("sgd", 0.5, problem={"kind": "softmax", "dataset": {"name": "overlapping"}}),
            ],
        },
        mark("Some texts are about fruit, some about 3C, some about both. Can softmax say yes to both?"),
        (mark("yes"), mark("no")),
        answer=1,
        view={"panel": "both", "probe": [2, 2]},
    ),
    Scene(
        "circles",
        "classify",
        mark("Circles"),
        mark(
            "No line separates a ring from what it surrounds; with x² and y² as inputs a line in four dimensions does."
        ),
        {
            "problem": {"kind": "logistic", "dataset": {"name": "circles"}},
            "steps": 200,
            "runs": [run("sgd", 0.5)],
        },
        mark("Can logistic regression separate the inner ring from the outer one?"),
        (mark("yes, given time"), mark("no, not from x and y"), mark("yes, with a larger rate")),
        answer=1,
        view={"panel": "features"},
    ),
    Scene(
        "depth",
        "classify",
        mark("Depth"),
        mark("Through eight sigmoid layers hardly any gradient comes back; ReLU with He's weights lets it through."),
        {
            "steps": 300,
            "seed": 2,
            "runs": [
                run("sgd", 0.1, problem=deep("sigmoid", "xavier")),
                run("sgd", 0.1, problem=deep("relu", "he")),
            ],
        },
        mark("Eight hidden layers of eight units on two moons. Which of the two learns at all?"),
        (mark("sigmoid"), mark("ReLU"), mark("both")),
        answer=1,
        view={"panel": "depth", "shown": 1, "speed": 2},
    ),
    Scene(
        "three-batches",
        "batches",
        mark("One point, some, or all"),
        mark("All three need about as many updates; what differs is how many points each update looks at."),
        walks(walk(1, steps=3000), walk(64), walk(None)),
        mark(
            "One point at a time comes within 0.05 of the best after 16 points. How many must the full batch look at?"
        ),
        (mark("about 16"), mark("about 500"), mark("about 10,000")),
        answer=2,
        view={"by": "examples", "select": 0},
    ),
    Scene(
        "noise-floor",
        "batches",
        mark("The noise floor"),
        mark("At a constant rate noise keeps a walk from settling; a rate that falls as 1/t sinks through the floor."),
        walks(walk(1, 0.3), walk(1, 0.1), walk(1, 0.03), walk(1, 0.3, schedule={"name": "inverse"})),
        mark("A tenth of the rate, 0.03 instead of 0.3: where does the walk settle?"),
        (mark("at the same height"), mark("at a tenth of it, or less"), mark("at the minimum itself")),
        answer=1,
        view={"by": "updates", "select": 0},
    ),
    Scene(
        "batch-own-rates",
        "batches",
        mark("Each its own rate"),
        mark(
            "At one rate for all, small batches look best per point seen. At the rate it can bear, the full batch wins."
        ),
        walks(walk(1, 0.1, steps=3000), walk(64, 0.5), walk(None, 0.85)),
        mark("Each has a rate that suits it: 0.1, 0.5, 0.85. Which is lowest after three times through the data?"),
        (mark("one point at a time"), mark("64 at a time"), mark("all 512 at once")),
        answer=2,
        view={"by": "examples", "select": 2},
    ),
    Scene(
        "redundancy",
        "batches",
        mark("Repeated points"),
        mark(
            "Repeated points teach nothing new: a small batch does not notice them, the full batch pays for every one."
        ),
        walks(
            walk(None),
            walk(None, problem={"kind": "linear", "dataset": {"name": "line", "count": 64}}, start=[-2, 3]),
            walk(16, steps=1200),
            walk(16, steps=1200, problem={"kind": "linear", "dataset": {"name": "line", "count": 64}}, start=[-2, 3]),
            count=64,
            repeat=8,
        ),
        mark("64 points, or each of them eight times: who pays eight times as much for the same descent?"),
        (mark("full batches"), mark("batches of 16"), mark("both")),
        answer=0,
        view={"by": "examples", "select": 0},
    ),
    Scene(
        "reshuffled",
        "batches",
        mark("Reshuffled or drawn again"),
        mark("Reshuffled, every point counts once in each epoch, and the errors of its batches cancel out."),
        walks(walk(64), walk(64, batch={"with_replacement": True})),
        mark("Batches of 64: cut from a reshuffled deck, or each drawn anew. Which has the lower floor?"),
        (mark("the reshuffled deck"), mark("each drawn anew"), mark("no difference")),
        answer=0,
        view={"by": "updates", "select": 0},
    ),
    Scene(
        "rare-features",
        "batches",
        mark("Rare features"),
        mark("A rare feature seldom has a gradient. One rate for all is too small for it; AdaGrad gives each its own."),
        {
            "problem": {"kind": "linear", "dataset": {"name": "rare"}},
            "steps": 200,
            "batch": {"mode": "mini", "size": 16},
            "runs": [run("sgd", 1), run("adam", 0.2), run("adagrad", 0.5)],
        },
        mark(
            "Each rule has its best rate. After 20 updates AdaGrad is nearly there with every weight. "
            "How far is plain descent with those of the rarest features?"
        ),
        (mark("there as well"), mark("less than halfway"), mark("hardly begun: under 5 %")),
        answer=1,
        view={"by": "updates", "select": 0, "speed": 0.25},
    ),
    Scene(
        "network-by-hand",
        "backprop",
        mark("By hand: 2-2-2"),
        mark("Values go forward, gradients come back, and each gradient is a product of two numbers nearby."),
        by_hand(
            [0.05, 0.1],
            [0.01, 0.99],
            [0.15, 0.2, 0.25, 0.3, 0.35, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.6],
            0.5,
            hidden=[2],
            output="sigmoid",
            loss="mse",
            bias="fixed",
        ),
        mark("Which weights will the first update change most?"),
        (mark("those next to the inputs"), mark("those next to the outputs"), mark("all about the same")),
        answer=1,
    ),
    Scene(
        "softmax-by-hand",
        "backprop",
        mark("Softmax: 2-3-3"),
        mark("With softmax and cross-entropy the gradient at each output is a − y: only the true class is pulled up."),
        by_hand(
            [1, 0.5],
            [0, 1, 0],
            [0.2, -0.4, 0.7, 0.1, -0.3, 0.5, 0.5, -0.6, 0.3, 0.1, 0.4, -0.7, -0.2, 0.3, 0.6],
            0.5,
            hidden=[3],
            output="softmax",
            loss="ce",
            bias=False,
        ),
        mark("The second class is the true one. Which of ∂C/∂z₄, ∂C/∂z₅, ∂C/∂z₆ are negative?"),
        (mark("only ∂C/∂z₅"), mark("all but ∂C/∂z₅"), mark("all three")),
        answer=0,
    ),
    Scene(
        "chain",
        "backprop",
        mark("A deep chain"),
        mark("Each layer back multiplies by a slope of at most 0.25, so the gradient vanishes towards the input."),
        by_hand([1], [0], [1, 1, 1, 1, 1], 1, hidden=[1, 1, 1, 1], output="sigmoid", loss="mse", bias=False),
        mark("Five weights of 1 in a row. How much smaller is the first one's gradient than the last one's?"),
        (mark("about 5 times"), mark("about 20 times"), mark("about 300 times")),
        answer=2,
    ),
    Scene(
        "one-of-many",
        "backprop",
        mark("One point of many"),
        mark(
            "Each point has gradients of its own; the rule gets their mean. Six sigmoid layers let hardly any through."
        ),
        {
            "problem": {
                "kind": "network",
                "dataset": {"name": "moons", "count": 60},
                "hidden": [3] * 6,
                "activation": "sigmoid",
                "output": "sigmoid",
                "loss": "ce",
            },
            "steps": 200,
            "runs": [run("sgd", 0.5)],
        },
        mark("Six sigmoid layers on two moons. How much smaller are the first layer's gradients than the last one's?"),
        (mark("about 10 times"), mark("about 100 times"), mark("more than 1,000 times")),
        answer=2,
        view={"grain": "layer"},
    ),
    Scene(
        "formula-by-hand",
        "backprop",
        mark("A typed formula"),
        mark("What is used twice gets its gradient from both uses, added up."),
        {
            "problem": {"kind": "formula", "formula": "(x*y - 2)**2 + x**2"},
            "start": [1, 3],
            "steps": 200,
            "runs": [run("sgd", 0.05)],
        },
        mark("x is used twice: through x·y it gets 6, through x² it gets 2. What is ∂f/∂x?"),
        (mark("6, the larger"), mark("8, the sum"), mark("12, the product")),
        answer=1,
    ),
)
