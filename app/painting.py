"""Pictures of a run's regions: after which rows one is due, and each made band by band."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.messages import Pictures, Regions
from app.problems import InvalidError, fault
from app.runs import Columns, Prepared
from core.errors import FieldError
from core.problems.model import DataModel
from core.problems.regions import Regions as Grid


class Painter:
    """The pictures of one run: of every so many rows from row `first` on, and of the last."""

    def __init__(self, run: int, grid: Grid, every: int, first: int) -> None:
        self.run, self.grid, self.every, self.first = run, grid, every, first
        self.names = grid.model.parameters
        self._seen: tuple[int, NDArray[np.float64]] | None = None  # the last row, while it has no picture
        self._due = False
        self._bands: list[NDArray[np.uint8]] = []

    @property
    def busy(self) -> bool:
        """A picture is due, and comes before any other row."""
        return self._due

    def next_after(self, row: int) -> int:
        """The next row after this one that gets a picture; rows are made up to there."""
        return max(self.first, row + 1 + -(row + 1) % self.every)

    def see(self, rows: Columns, over: bool) -> None:
        """Look at the rows that were made; after the last of them the run may be over."""
        if rows["step"].size and (step := int(rows["step"][-1])) >= self.first:
            self._seen = step, np.array([rows[name][-1] for name in self.names])
        self._due = self._seen is not None and (over or self._seen[0] % self.every == 0)

    def paint(self) -> Regions | None:
        """One more band of the picture that is due; the picture with the last of them."""
        assert self._seen is not None
        step, theta = self._seen
        self._bands.append(self.grid.band(theta, self.grid.bands[len(self._bands)]))
        if len(self._bands) < len(self.grid.bands):
            return None
        picture = np.concatenate(self._bands, axis=1)
        self._seen, self._due, self._bands = None, False, []
        return Regions(self.run, step, picture)


def painters(asked: Pictures | None, prepared: Prepared, first: int) -> Sequence[Painter | None]:
    """A painter for each run where regions are asked for; every run must be able to draw them."""
    if asked is None:
        return [None] * len(prepared.walks)
    try:
        return [
            Painter(run, _grid(run, walk.problem, asked.size), asked.every, first)
            for run, walk in enumerate(prepared.walks)
        ]
    except FieldError as error:
        raise InvalidError([fault(error)]) from None


def _grid(run: int, problem: object, size: int) -> Grid:
    if not isinstance(problem, DataModel):
        message = f"are drawn for models that tell classes apart; run {run} trains none: leave regions out."
        raise FieldError("regions", message, code="no_classes", run=run)
    return Grid(problem, size)
