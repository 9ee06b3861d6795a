"""Where the steps of a model leave what they find, a stretch of them at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Place = tuple[Any, Floats, Floats, tuple[Any, ...]]

MOST_STEPS, MOST_NUMBERS = 256, 65_536  # what a stretch leaves behind stays near the processor


class Kernel(NamedTuple):
    """Gradient and loss over a fixed number of points, written for speed.

    A step needs the gradient alone: `descend(theta, gradient, room)` writes it, and leaves in the arrays of `room`,
    whose shapes are `rooms`, what the loss is made of. `losses(thetas, *rooms)` and `correct(*rooms)`, how many points
    are classified rightly (None where that is not known), take those of many steps, stacked, and give one number each.

    >>> idle = Kernel((), lambda theta, gradient, room: None, lambda thetas: np.zeros(len(thetas)), None)
    >>> idle.losses(np.zeros((2, 3))).tolist()
    [0.0, 0.0]
    """

    rooms: tuple[tuple[int, ...], ...]
    descend: Callable[[Floats, Floats, Sequence[Floats]], None]
    losses: Callable[..., Floats]
    correct: Callable[..., Counts] | None

    def evaluate(self, theta: Floats, gradient: Floats, room: Sequence[Floats]) -> float:
        """The gradient, and the loss at once."""
        self.descend(theta, gradient, room)
        return float(self.losses(theta[None], *(part[None] for part in room))[0])

    def room(self) -> list[Floats]:
        """Arrays to leave one step's numbers in."""
        return [np.empty(shape) for shape in self.rooms]


class Stretch:
    """Arrays for steps in a row, made once for a model and used again and again.

    Row i of `thetas`, `gradients`, `losses` and of each of the stacked rooms is step i's; `places` has, for each step,
    its theta (once as a buffer), its gradient and its rooms.

    >>> stretch = Stretch(Kernel(((4,),), lambda theta, gradient, room: None, lambda thetas, room: thetas, None), 2)
    >>> stretch.length, len(stretch.places), stretch.rooms(3)[0].shape
    (256, 256, (3, 4))
    """

    def __init__(self, kernel: Kernel, parameters: int) -> None:
        numbers = 2 * parameters + 1 + sum(math.prod(shape) for shape in kernel.rooms)
        self.length = max(1, min(MOST_STEPS, MOST_NUMBERS // numbers))
        self.thetas, self.gradients = np.empty((self.length, parameters)), np.empty((self.length, parameters))
        self.losses = np.empty((self.length, 1))
        self.stacks = [np.empty((self.length, *shape)) for shape in kernel.rooms]
        buffers = [memoryview(theta) for theta in self.thetas]  # type: ignore[arg-type]
        rooms = zip(*self.stacks, strict=True)
        self.places: list[Place] = list(zip(buffers, self.thetas, self.gradients, rooms, strict=True))

    def rooms(self, count: int) -> list[Floats]:
        """What the first `count` steps left behind, stacked."""
        return [stack[:count] for stack in self.stacks]
