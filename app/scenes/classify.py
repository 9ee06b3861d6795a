"""The scenes of the Classify page: how lines, or a set of lines, learn to separate."""

import math
from typing import Any

from app.scenes.scene import Json, Scene, run
from core.words import mark


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


SCENES = (
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
)
