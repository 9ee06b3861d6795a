"""Every random number comes from a stream of a seed, and stays the same between versions of NumPy.

NumPy keeps the raw bits of its bit generators, `SeedSequence` and the methods of `RandomState` stable (its
compatibility policy, NEP 19); it does not promise that for `Generator`. Streams are separate, so that another batch
size does not change the initial weights; blocks have a number, so that any part can be made without what precedes it.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numpy.random import Philox, RandomState, SeedSequence

Floats = npt.NDArray[np.float64]

_BLOCK = 256  # steps of noise that are drawn together


class Stream(IntEnum):
    """What random numbers are for. The numbers are part of the contract: a run's seed gives the same run for ever."""

    WEIGHTS = 0
    BATCHES = 1
    NOISE = 2
    DATA = 3
    DIRECTIONS = 4


def stream(seed: int, purpose: Stream, block: int = 0) -> RandomState:
    """The random numbers of `seed` for one purpose, from the beginning of a block.

    >>> stream(0, Stream.DATA).randint(0, 100, 5).tolist()
    [0, 44, 60, 21, 17]
    """
    return RandomState(Philox(SeedSequence((seed, int(purpose), block))))


@lru_cache(maxsize=64)
def _noise_block(seed: int, block: int, parameters: int) -> Floats:
    drawn = stream(seed, Stream.NOISE, block).standard_normal((_BLOCK, parameters))
    drawn.setflags(write=False)
    return drawn


def noise(seed: int, step_from: int, count: int, parameters: int) -> Floats:
    """Standard normal noise for `count` steps from `step_from`: an array [count, parameters].

    The same numbers for a step, however a run is sliced.

    >>> bool((noise(1, 0, 300, 2)[200:] == noise(1, 200, 100, 2)).all())
    True
    """
    made = np.empty((count, parameters))
    step, end = step_from, step_from + count
    while step < end:
        block, first = divmod(step, _BLOCK)
        size = min(_BLOCK - first, end - step)
        made[step - step_from : step - step_from + size] = _noise_block(seed, block, parameters)[first : first + size]
        step += size
    return made
