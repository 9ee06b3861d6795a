"""One step of many runs at once: each operation one NumPy call into a buffer that is used again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.formula.emit import Lines, compiled, function, literal
from core.formula.operations import OPERATIONS, apply_columns
from core.steps import Recipe, Step, step_of

Column = NDArray[np.float64]
State = list[Column]  # p, g, m and the loss, column by column


@dataclass(frozen=True)
class Loop:
    """A compiled loop over columns and how many buffers it wants.

    `run(state, settings, first, last, noise, goal, reached)` makes rows `first` to `last` - 1 of all runs, and
    returns (the first step that it did not make, state). Under `np.errstate(... "raise")` it ends before a step in
    which some number was not finite, with the state before it.

    >>> recipe = Recipe(("x",), "x**2", (), "x = x - lr*g")
    >>> start = np.array([1.0, 2.0])
    >>> state = [start, 2 * start, start**2]
    >>> made, after = loop(recipe, ()).run(state, [0.5], 1, 2, [[]], -1.0, np.full(2, np.inf))
    >>> made, after[0].tolist()
    (2, [0.0, 0.0])
    """

    source: str
    buffers: int
    code: Callable[..., tuple[int, State]]

    def run(
        self,
        state: Sequence[Column],
        settings: Sequence[Any],
        first: int,
        last: int,
        noise: Sequence[Sequence[float]],
        goal: float,
        reached: Column,
    ) -> tuple[int, State]:
        """As described above; the columns given are not changed, `reached` is."""
        own = [column.copy() for column in state]
        buffers = [np.empty_like(own[0]) for _ in range(self.buffers)]
        mask = np.empty(own[0].shape, bool)
        made, after = self.code(own, settings, first, last, noise, goal, reached, buffers, mask)
        return made, list(after)


@lru_cache(maxsize=128)
def loop(recipe: Recipe, varying: tuple[int, ...]) -> Loop:
    """The loop of a recipe in which the settings at places `varying` are columns.

    >>> "np_subtract(x0, b0, out=b0)" in loop(Recipe(("x",), "x**3", (), "x = x - lr*g"), ()).source
    True
    """
    emission = _Emission(recipe, varying)
    source = emission.source()
    return Loop(source, emission.buffers, compiled(source, "loop"))


class _Emission:
    """Emits the calls, and keeps account of which buffer holds which node."""

    def __init__(self, recipe: Recipe, varying: tuple[int, ...]) -> None:
        self.step: Step = step_of(recipe)
        self.graph = self.step.graph
        step = self.step
        self.inputs = [*step.parameters, *step.gradients, *step.memory]
        self.state = [f"x{i}" for i in range(len(self.inputs))]
        self.settings = [f"s{i}" for i in range(len(step.settings))]
        self.noise = [f"n{i}" for i in range(len(step.noise))]
        self.after = [*step.new_parameters, *step.new_gradients, *step.new_memory, step.loss]
        needed = self.graph.needed([*self.after, *step.kept])
        changing = [*self.inputs, *step.moved, *(step.settings[i] for i in varying)]
        self.on_columns = self.graph.depending(changing, needed)
        self.scalars = Lines(
            self.graph,
            dict(
                zip(
                    [*self.inputs, *step.settings, *step.noise, step.t],
                    [*self.state, *self.settings, *self.noise, "t"],
                    strict=True,
                )
            ),
        )
        self.held: dict[int, str] = dict(zip(self.inputs, self.state, strict=True))
        self.held |= {step.settings[i]: self.settings[i] for i in varying}
        self.free: list[str] = []
        self.buffers = 0

    def source(self) -> str:
        step = self.step
        update = [node for node in self.graph.needed([*step.new_parameters, *step.new_memory]) if self._computed(node)]
        evaluation = [
            node
            for node in self.graph.needed([*step.new_gradients, step.loss])
            if self._computed(node) and node not in update
        ]
        uses = self._last_uses([*update, *evaluation])
        lines = self._scalar_lines([*update, *evaluation])
        lines += self._calls(update, uses)
        self.held |= {m: self._of(n) for m, n in zip(step.moved, step.new_parameters, strict=True)}
        lines += self._calls(evaluation, uses)
        lines += self._commit()
        loop = (
            f"for t, ({', '.join(self.noise)},) in zip(range(first, last), noise):"
            if self.noise
            else "for t in range(first, last):"
        )
        names = [*self.state, "loss"]
        body = [
            f"{', '.join(names)}, = state",
            *([f"{', '.join(self.settings)}, = settings"] if self.settings else []),
            *([f"{', '.join(f'b{i}' for i in range(self.buffers))}, = buffers"] if self.buffers else []),
            "t = first",
            "try:",
            f"    {loop}",
            *(f"        {line}" for line in lines),
            "        np_less_equal_into(loss, goal, out=mask)",
            "        np_minimum(reached, t, out=reached, where=mask)",
            "except (ArithmeticError, ValueError):",
            f"    return t, ({', '.join(names)},)",
            f"return last, ({', '.join(names)},)",
        ]
        arguments = ["state", "settings", "first", "last", "noise", "goal", "reached", "buffers", "mask"]
        return function("loop", arguments, body)

    def _computed(self, node: int) -> bool:
        return node in self.on_columns and bool(self.graph.arguments(node))

    def _last_uses(self, order: Sequence[int]) -> dict[int, int]:
        """The last node that reads each node; what is wanted after the step is never let go."""
        last = {argument: node for node in order for argument in self.graph.arguments(node)}
        for moved, new in zip(self.step.moved, self.step.new_parameters, strict=True):
            last.pop(moved, None)
            last.pop(new, None)
        return {node: at for node, at in last.items() if node not in self.after and node not in self.inputs}

    def _scalar_lines(self, order: Sequence[int]) -> list[str]:
        wanted = {a for node in order for a in self.graph.arguments(node) if a not in self.on_columns}
        wanted |= {node for node in self.after if node not in self.on_columns}
        return self.scalars.block(sorted(node for node in wanted if self.graph.arguments(node)))

    def _calls(self, order: Sequence[int], last: Mapping[int, int]) -> list[str]:
        lines = []
        for node in order:
            operation = OPERATIONS[self.graph.nodes[node][0]]
            arguments = [self._of(a) for a in self.graph.arguments(node)]
            for argument in set(self.graph.arguments(node)):
                if last.get(argument) == node and self.held.get(argument, "").startswith("b"):
                    self.free.append(self.held[argument])  # the result may take its place
            self.held[node] = self._buffer()
            if operation.ufunc:
                lines.append(f"np_{operation.ufunc}({', '.join(arguments)}, out={self.held[node]})")
            else:
                lines.append(f"{self.held[node]} = {operation.columns.format(*arguments)}")
        return lines

    def _buffer(self) -> str:
        if self.free:
            return self.free.pop()
        self.buffers += 1
        return f"b{self.buffers - 1}"

    def _of(self, node: int) -> str:
        value = self.graph.value(node)
        if value is not None:
            return literal(value)
        return self.held.get(node) or self.scalars.of(node)

    def _commit(self) -> list[str]:
        """The new state takes the names of the old one, whose arrays become buffers."""
        lines, new = [], []
        for node in self.after:
            name = self._of(node)
            if name in new or not name.startswith(("b", "x")):  # the same array twice, or a number: a copy of its own
                own = self._buffer()
                lines.append(f"np_copyto({own}, {name})")
                name = own
            new.append(name)
        parameters, gradients = len(self.step.parameters), len(self.step.gradients)
        order = [*self.state[: parameters + gradients], *self.state[parameters + gradients :], "loss"]
        involved = [*order, *(name for name in new if name.startswith("b"))]
        spare = [name for name in involved if name not in new]
        targets = [*order, *(name for name in involved if name not in order)]
        pairs = [(a, b) for a, b in zip(targets, [*new, *spare], strict=True) if a != b]
        return [*lines, f"{', '.join(a for a, _ in pairs)}, = {', '.join(b for _, b in pairs)},"]


def careful(
    recipe: Recipe, state: Sequence[Column], settings: Sequence[Any], step: int, noise: Sequence[float]
) -> tuple[State, NDArray[np.bool_]]:
    """One step that keeps every intermediate: the state after it, and which runs had no number that is not finite.

    >>> recipe = Recipe(("x",), "exp(x)", (), "x = x - lr*g")
    >>> state = [np.array([1.0, 709.0]), np.array([-1.0, -1.0]), np.zeros(2)]
    >>> careful(recipe, state, [2.0], 1, [])[1].tolist()
    [True, False]
    """
    graph = step_of(recipe)
    inputs = [*graph.parameters, *graph.gradients, *graph.memory, *graph.settings, graph.t, *graph.noise]
    values: dict[int, Any] = dict(zip(inputs, [*state[:-1], *settings, float(step), *noise], strict=True))
    after = [*graph.new_parameters, *graph.new_gradients, *graph.new_memory, graph.loss]
    finite = np.ones(state[0].shape, bool)
    moved = dict(zip(graph.moved, graph.new_parameters, strict=True))
    with np.errstate(all="ignore"):
        for node in graph.graph.needed([*graph.new_parameters, *graph.new_memory, *graph.kept]):
            _evaluate(graph, node, values, finite)
        values |= {m: values[n] for m, n in moved.items()}
        for node in graph.graph.needed([*after, *graph.observed]):
            _evaluate(graph, node, values, finite)
    shape = state[0].shape
    return [np.broadcast_to(np.asarray(values[node], float), shape).copy() for node in after], finite


def _evaluate(graph: Step, node: int, values: dict[int, Any], finite: NDArray[np.bool_]) -> None:
    if node in values:
        return
    number = graph.graph.value(node)
    values[node] = (
        number
        if number is not None
        else apply_columns(graph.graph.nodes[node][0], *(values[a] for a in graph.graph.arguments(node)))
    )
    finite &= np.isfinite(values[node])
