"""The schedules scale the rate as torch's do, and stay within the rate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.formula import parse_rule
from core.problems import make_problem
from core.running import Run
from core.schedules import SCHEDULES, Schedule
from core.settings import complete

GOLDENS = json.loads((Path(__file__).parent / "goldens/schedules.json").read_text())["runs"]


def scales(name: str, settings: dict[str, float], steps: int) -> list[float]:
    """What multiplies the rate, step after step: a run downhill at slope 1 and rate 1."""
    run = Run(
        make_problem("formula", formula="x"),
        "sgd",
        settings={"lr": 1},
        start=[0],
        steps=steps,
        schedule=(name, settings),
    )
    return [float(scale) for scale in -np.diff(run.advance(steps)["x"])]


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: str(golden["schedule"]))
def test_scales_are_torchs(golden: dict[str, Any]) -> None:
    ours = scales(golden["schedule"], golden["settings"], len(golden["scales"]))
    assert ours == pytest.approx(golden["scales"], rel=1e-9, abs=1e-12)


def test_one_over_t_halves_the_rate_when_it_says() -> None:
    # scenes.md: 0.3/(1 + t/20)
    assert scales("inverse", {"half": 20}, 61)[::20] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])


def test_drops_come_at_whole_sizes_and_the_rate_is_level_between() -> None:
    levels = np.round(np.log2(scales("step", {"size": 7}, 40)), 9)
    assert levels.tolist() == [-(s // 7) for s in range(40)]


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=list(SCHEDULES))
def test_a_row_is_whole_and_never_exceeds_the_rate(schedule: Schedule) -> None:
    assert SCHEDULES[schedule.name] is schedule
    read = parse_rule(f"x = {schedule.formula}")
    assert set(read.settings) == {"s", *(setting.name for setting in schedule.settings)} - (
        {"s"} if schedule.name == "constant" else set()
    )
    assert schedule.lesson.endswith(".")
    values = scales(schedule.name, complete(schedule.settings, {}), 700)
    assert min(values) >= -1e-12
    assert max(values) == pytest.approx(1, abs=1e-9)
