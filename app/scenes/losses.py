"""The scenes of the Losses page: one neuron, or data, trained by squared error and by cross-entropy."""

from app.scenes.scene import Json, Scene, run
from core.words import mark

SIX: Json = {"points": [[-2], [-1.2], [-0.4], [0.4], [1.2], [2]], "labels": [0, 0, 1, 0, 1, 1]}  # no line parts them


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
)
