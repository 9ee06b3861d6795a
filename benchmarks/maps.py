"""Seconds for a map in one process and in two: a program of its own, since torch and jax do not like to be forked."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.ensembles import Ensemble
from core.problems import make_problem

PARTS, RUNS, STEPS, TURNS = 8, 4096, 300, 7


def part(seed: int) -> float:
    """One of eight pieces of equal work."""
    starts = np.random.RandomState(seed).uniform(-5, 5, (RUNS, 2))
    himmelblau: Any = make_problem("surface", name="himmelblau")
    many = Ensemble(himmelblau, "adam", starts=starts, settings={"lr": 0.1}, steps=STEPS)
    many.advance(STEPS)
    return float(many.loss.sum())


def main() -> None:
    """Both pools take turns; the first turn warms them up."""
    times: dict[str, list[float]] = {"one": [], "two": []}
    with ProcessPoolExecutor(1) as one, ProcessPoolExecutor(2) as two:
        for turn in range(TURNS + 1):
            for name, pool in (("one", one), ("two", two)):
                begin = time.perf_counter()
                list(pool.map(part, range(PARTS)))
                if turn:
                    times[name].append(time.perf_counter() - begin)
    print(json.dumps({name: median(values) for name, values in times.items()}))


if __name__ == "__main__":
    main()
