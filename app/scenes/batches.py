"""The scenes of the Batches page: what a batch costs, and what its noise does."""

from typing import Any

from app.scenes.scene import Json, Scene, run
from core.words import mark


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


SCENES = (
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
)
