"""The scenes of the Descent page: a surface, a start and the optimizers that race from it."""

from typing import Any

from app.scenes.scene import Json, Scene, run
from core.words import mark


def descent(surface: str, start: tuple[float, ...], steps: int, *runs: Json, **fields: Any) -> Json:
    """Runs from one start on a surface; `fields` are the problem's: its settings, its noise."""
    problem = {"kind": "surface", "name": surface, **fields}
    return {"problem": problem, "start": list(start), "steps": steps, "runs": list(runs)}


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
)
