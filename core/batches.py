"""Which points each update sees: all, some, or one; the same order for every optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.errors import FieldError
from core.random import Stream, stream
from core.settings import unknown

Rows = npt.NDArray[np.int64]
Mode = Literal["full", "mini", "stochastic"]

MODES = ("full", "mini", "stochastic")


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches of a run over `count` points, `size` at a time.

    Shuffled, an epoch holds every point once, and its last batch is smaller where `size` does not divide `count`;
    drawn with replacement, every batch is `size` independent draws, and an epoch is only as many batches. What batch
    k holds depends on seed, count, size and replacement alone, and any k can be asked for first.

    >>> batches = make_batches({"mode": "mini", "size": 2}, count=5, seed=0)
    >>> [batches.rows(step).tolist() for step in range(3)]
    [[3, 1], [4, 2], [0]]
    >>> batches.examples(3), batches.examples(4)
    (5, 7)
    """

    mode: Mode
    count: int
    size: int
    with_replacement: bool
    seed: int

    @property
    def per_epoch(self) -> int:
        """How many batches an epoch has."""
        return -(-self.count // self.size)

    def rows(self, step: int) -> Rows | None:
        """The points of the batch that makes row step + 1; None for all of them."""
        if self.mode == "full":
            return None
        epoch, batch = divmod(step, self.per_epoch)
        order = _epoch(self.seed, self.count, self.size, self.with_replacement, epoch)
        return order[batch * self.size : (batch + 1) * self.size]

    def examples(self, steps: int) -> int:
        """How many examples the first `steps` updates have seen."""
        if self.with_replacement:
            return steps * self.size
        epochs, batches = divmod(steps, self.per_epoch)
        return epochs * self.count + min(batches * self.size, self.count)


@lru_cache(maxsize=64)
def _epoch(seed: int, count: int, size: int, with_replacement: bool, epoch: int) -> Rows:
    random = stream(seed, Stream.BATCHES, epoch)
    drawn = random.randint(0, count, -(-count // size) * size) if with_replacement else random.permutation(count)
    order = drawn.astype(np.int64)
    order.setflags(write=False)
    return order


def make_batches(batch: Mapping[str, Any] | None, count: int, seed: int) -> Batches:
    """The batches of a spec's `batch`; None means full.

    Raises `FieldError` at `batch.mode`, `batch.size` or `batch.with_replacement`.

    >>> make_batches({"mode": "mini", "size": 64}, count=150, seed=0).per_epoch
    3
    """
    given = dict(batch or {"mode": "full"})
    mode = given.pop("mode", None)
    replacement = given.pop("with_replacement", False)
    size = given.pop("size", None)
    if mode not in MODES:
        raise FieldError("batch.mode", unknown("mode", str(mode), MODES), code="unknown", known=list(MODES))
    for name in given:
        raise FieldError(f"batch.{name}", unknown("field", name, ("mode", "size", "with_replacement")), code="unknown")
    if not isinstance(replacement, bool):
        raise FieldError("batch.with_replacement", "must be true or false.", code="not_a_boolean")
    if mode == "mini":
        if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= count:
            message = f"must be a whole number from 1 to {count}, the number of points."
            raise FieldError("batch.size", message, code="out_of_range", low=1, high=count)
    elif size is not None:
        raise FieldError("batch.size", f"only mini-batches have a size: leave it out of {mode!r}.", code="not_wanted")
    if mode == "full":
        if replacement:
            message = "all points are used at once: leave it out, or use mini-batches."
            raise FieldError("batch.with_replacement", message, code="not_wanted")
        return Batches("full", count, count, False, seed)
    return Batches(mode, count, size or 1, replacement, seed)
