"""What a classifier says over its window: the probability of every class at the points of a grid, as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.errors import FieldError

if TYPE_CHECKING:
    from core.problems.model import DataModel

Bytes = npt.NDArray[np.uint8]

BAND_COST = 4e6  # multiplications of one band: about a millisecond
UNIT_COST, NODE_COST = 30.0, 20.0  # what an activation and an operation of a feature's formula cost beside one


class Regions:
    """What a model says on a grid of `size` by `size` points over a window; the outer ones lie on its sides.

    A picture is made in bands of whole rows along y, low y first, so that none of them takes long; how many there are
    depends on model and size alone. Raises `FieldError` where the model has no classes, or not two inputs.

    >>> from core.problems.logistic import logistic
    >>> regions = Regions(logistic({"name": "blobs", "classes": 2, "count": 40}), 3)
    >>> len(regions.bands), regions.picture(np.zeros(3)).tolist()
    (1, [[[128, 128, 128], [128, 128, 128], [128, 128, 128]], [[128, 128, 128], [128, 128, 128], [128, 128, 128]]])
    """

    def __init__(self, model: DataModel, size: int, window: Sequence[Sequence[float]] | None = None) -> None:
        if not model.classifies:
            message = "are drawn for models that tell classes apart; these labels are numbers: leave regions out."
            raise FieldError("regions", message, code="no_classes")
        if (inputs := model.data.points.shape[1]) != 2:
            message = f"are drawn over two inputs, x and y; these points have {inputs}: leave regions out."
            raise FieldError("regions", message, code="two_inputs", inputs=inputs)
        self.model, self.size = model, size
        (x0, x1), (y0, y1) = window or model.window
        self._x, self._y = np.linspace(x0, x1, size), np.linspace(y0, y1, size)
        rows = max(1, int(BAND_COST / (_point_cost(model) * size)))
        self.bands = tuple(slice(begin, min(begin + rows, size)) for begin in range(0, size, rows))

    @property
    def cost(self) -> float:
        """About how many multiplications a picture takes."""
        return _point_cost(self.model) * self.size**2

    def band(self, theta: npt.NDArray[np.float64], rows: slice) -> Bytes:
        """Probabilities from 0 to 255 in some rows of the grid: [classes, rows (along y), size (along x)]."""
        y = self._y[rows]
        points = np.column_stack([np.tile(self._x, len(y)), np.repeat(y, self.size)])
        p = self.model.probabilities(theta, points)
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(np.rint(255 * p)).astype(np.uint8).reshape(-1, len(y), self.size)

    def picture(self, theta: npt.NDArray[np.float64]) -> Bytes:
        """The whole grid, [classes, size (along y), size (along x)]: its bands, one after the other."""
        return np.concatenate([self.band(theta, rows) for rows in self.bands], axis=1)


def _point_cost(model: DataModel) -> float:
    nodes = sum(len(formula.typed.nodes) for formula in model.data.formulas)
    return len(model.parameters) + UNIT_COST * sum(model.layers.sizes[1:]) + NODE_COST * nodes
