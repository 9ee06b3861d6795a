"""Learning-rate schedules: the rate's scale as a formula of s, the number of steps made so far.

The rate of step t is lr times the formula at s = t - 1. Lengths are counted in steps and belong to the schedule,
not to the run, so that a longer run begins with the same steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.settings import Setting
from core.words import mark


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the learning rate changes: `formula` of s and the settings scales lr.

    >>> SCHEDULES["exponential"].formula
    'gamma**s'
    """

    name: str
    title: str
    formula: str
    settings: tuple[Setting, ...]
    words: Mapping[str, str]
    lesson: str
    source: str


WORDS = {"s": mark("steps made so far")}
LOW = Setting("low", 0, 0, 1, "linear", mark("lowest, as part of the rate"))


def _steps(name: str, default: float, label: str) -> Setting:
    return Setting(name, default, 1, 10_000, "log", label)


_ROWS = (
    Schedule(
        name="constant",
        title=mark("Constant"),
        formula="1",
        settings=(),
        words=WORDS,
        lesson=mark("The same rate throughout: simplest, and with noise it ends on a floor."),
        source="H. Robbins and S. Monro, A stochastic approximation method, 1951",
    ),
    Schedule(
        name="step",
        title=mark("In steps"),
        formula="gamma**floor(s/size)",
        settings=(
            Setting("gamma", 0.5, 0.01, 1, "linear", mark("factor at each drop")),
            _steps("size", 100, mark("steps between drops")),
        ),
        words=WORDS,
        lesson=mark("Full speed, then a drop: each drop lowers the floor of the noise by the same factor."),
        source="K. He et al., Deep residual learning for image recognition, 2016",
    ),
    Schedule(
        name="exponential",
        title=mark("Exponential"),
        formula="gamma**s",
        settings=(Setting("gamma", 0.99, 0.5, 1, "complement", mark("factor at each step")),),
        words=WORDS,
        lesson=mark("Shrinks by the same factor each step: the whole way is bounded, so it can stop short."),
        source="I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, chapter 8",
    ),
    Schedule(
        name="inverse",
        title="1/t",
        formula="1/(1 + s/half)",
        settings=(_steps("half", 20, mark("steps until half the rate")),),
        words=WORDS,
        lesson=mark("Slow enough to reach any distance, fast enough to still the noise: the rate of the proofs."),
        source="H. Robbins and S. Monro, A stochastic approximation method, 1951",
    ),
    Schedule(
        name="cosine",
        title=mark("Cosine"),
        formula="low + (1 - low)*(1 + cos(pi*min(s/period, 1)))/2",
        settings=(_steps("period", 500, mark("steps until the lowest")), LOW),
        words=WORDS,
        lesson=mark("Gently from full speed to rest: most of the time near both ends."),
        source="I. Loshchilov and F. Hutter, SGDR: stochastic gradient descent with warm restarts, 2017",
    ),
    Schedule(
        name="warmup",
        title=mark("Warm-up"),
        formula="min((s + 1)/rise, 1)",
        settings=(_steps("rise", 50, mark("steps until the full rate")),),
        words=WORDS,
        lesson=mark("Small steps while the slope is steep and memories are empty, then full speed."),
        source="P. Goyal et al., Accurate, large minibatch SGD, 2017",
    ),
    Schedule(
        name="one_cycle",
        title=mark("One cycle"),
        formula="low + (1 - low)*(cos(pi*min(max((s - rise)/fall, 0), 1)) - cos(pi*min(s/rise, 1)))/2",
        settings=(
            _steps("rise", 150, mark("steps up")),
            _steps("fall", 350, mark("steps down")),
            Setting("low", 0.04, 0, 1, "linear", mark("lowest, as part of the rate")),
        ),
        words=WORDS,
        lesson=mark("Up once and down once: a large rate in the middle, rest at the end."),
        source="L. Smith and N. Topin, Super-convergence, 2018",
    ),
    Schedule(
        name="cyclical",
        title=mark("Cyclical"),
        # the distance, in steps up or down, from the nearest lowest place
        formula="low + (1 - low)*abs(s/half - 2*floor(s/(2*half) + 1/2))",
        settings=(
            _steps("half", 50, mark("steps up, and steps down")),
            Setting("low", 0.1, 0, 1, "linear", mark("lowest, as part of the rate")),
        ),
        words=WORDS,
        lesson=mark("Up and down again and again: each rise shakes it out of a shallow place."),
        source="L. Smith, Cyclical learning rates for training neural networks, 2017",
    ),
)

SCHEDULES: dict[str, Schedule] = {row.name: row for row in _ROWS}
