"""Settings are declared once: each of every registry refuses what is out of bounds, and says what is allowed."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from core.data import COMMON
from core.datasets import DATASETS
from core.errors import FieldError
from core.optimizers import OPTIMIZERS
from core.problems import make_problem
from core.problems.model import WEIGHT_DECAY
from core.problems.network import SCALE
from core.running import Run
from core.schedules import SCHEDULES
from core.settings import Setting, check_whole
from core.surfaces import SURFACES


def every_setting() -> Iterator[tuple[str, Setting]]:
    registries: list[tuple[str, Any]] = [
        ("surface", SURFACES),
        ("optimizer", OPTIMIZERS),
        ("schedule", SCHEDULES),
        ("dataset", DATASETS),
    ]
    for kind, rows in registries:
        for name, row in rows.items():
            yield from ((f"{kind}-{name}", setting) for setting in row.settings)
    yield from (("common", setting) for setting in (*COMMON, WEIGHT_DECAY, SCALE))


def use(where: str, setting: Setting, value: Any) -> object:
    """Whatever a setting of a registry belongs to, made with this value."""
    kind, _, name = where.partition("-")
    given = {setting.name: value}
    if kind == "surface":
        return make_problem("surface", name=name, settings=given)
    if kind == "optimizer":
        return Run(make_problem("surface", name="bowl"), name, settings=given)
    if kind == "schedule":
        return Run(make_problem("surface", name="bowl"), "sgd", schedule=(name, given))
    if kind == "dataset":
        return make_problem(
            "one_vs_rest" if DATASETS[name].labels != "numbers" else "linear", dataset={"name": name, **given}
        )
    if setting in COMMON:
        return make_problem("softmax", dataset={"name": "blobs", **given})
    return make_problem("network", **given)


@pytest.mark.parametrize(("where", "setting"), [*every_setting()])
def test_a_setting_out_of_bounds_names_itself_and_what_is_allowed(where: str, setting: Setting) -> None:
    beyond = (setting.low - 1, 2 * abs(setting.high) + 1, math.nan, math.inf, True, "1", None)
    for value in beyond:
        with pytest.raises(FieldError) as caught:
            use(where, setting, value)
        assert caught.value.field.rpartition(".")[2] == setting.name
        assert f"from {setting.low:g} to {setting.high:g}" in caught.value.message
        assert (caught.value.values["low"], caught.value.values["high"]) == (setting.low, setting.high)
    use(where, setting, setting.default)


def test_numbers_of_numpy_are_numbers() -> None:
    assert Run(make_problem("surface", name="bowl"), "sgd", start=list(np.array([1, 2]))).start == (1.0, 2.0)
    assert check_whole("steps", np.int64(5), 1, 10) == 5
