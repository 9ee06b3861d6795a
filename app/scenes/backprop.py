"""The scenes of the Backprop page: where each number comes from."""

from typing import Any

from app.scenes.scene import Json, Scene, run
from core.words import mark


def by_hand(points: list[float], targets: list[float], start: list[float], lr: float, **network: Any) -> Json:
    """A network on one point, small enough to be written out."""
    dataset = {"points": [points], "labels": [targets]}
    return {
        "problem": {"kind": "network", "dataset": dataset, "activation": "sigmoid", **network},
        "start": start,
        "steps": 200,
        "runs": [run("sgd", lr)],
    }


SCENES = (
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
