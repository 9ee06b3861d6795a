"""The loops that are emitted from one step, and what is computed for all rows at once behind them.

The loop makes what the next step needs, on floats. What only a row shows, the loss above all, is computed afterwards
for all rows together, by the same operations on columns: where these round correctly, as sums, products, quotients and
roots do, that gives the same bits. Other functions stay in the loop. What does not change stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.formula.emit import Lines, compiled, function
from core.formula.operations import EXACT, HANDING_ON
from core.steps import Recipe, Step, column_nodes, step_of


@dataclass(frozen=True)
class Kernel:
    """The code of a recipe.

    `run(state, settings, first, last, noise, keep, rows)` makes steps `first` to `last` - 1 from `state`, the (p, g, m)
    of the last row, and returns (the first step not made, state). `keep(rows, at, ...)` is given the `width` numbers of
    each row, and the byte where they begin if they are packed as doubles. The loop ends where `math` raises.
    `rest(t, settings, noise, numbers)` makes columns of these numbers, one after the other: the first `shown` are the
    recipe's, and where one of the others is not finite, a number that is not shown was not.

    >>> from struct import Struct
    >>> made, rows = kernel(Recipe(("x",), "x**2", (), "x = x - lr*g")), bytearray(16)
    >>> made.run((1.0, 2.0), (0.4,), 1, 3, (), Struct("d").pack_into, rows)[0]
    3
    >>> [round(x, 6) for x in memoryview(rows).cast("d")], made.width, made.shown
    ([0.2, 0.04], 1, 3)
    """

    source: str
    run: Callable[..., tuple[int, tuple[Any, ...]]]
    rest: Callable[..., tuple[Any, ...]]
    width: int
    shown: int


@lru_cache(maxsize=256)
def kernel(recipe: Recipe) -> Kernel:
    """The compiled loop and what stands behind it.

    >>> print(kernel(Recipe(("x",), "x**2", (), "x = x - lr*g")).source, end="")
    def kernel(state, settings, first, last, noise, keep, rows):
        (p0, g0,) = state
        (s0,) = settings
        at = 0
        try:
            for at in range(0, 8*(last - first), 8):
                p0 = p0 - s0*g0
                g0 = 2.0*p0
                keep(rows, at, p0)
        except (ArithmeticError, ValueError):
            return first + at//8, (p0, g0,)
        return last, (p0, g0,)
    <BLANKLINE>
    <BLANKLINE>
    def rest(t, settings, noise, numbers):
        (r0,) = numbers
        (s0,) = settings
        a1 = r0*r0
        a2 = 2.0*r0
        return (r0, a1, a2,)
    """
    emission = _Emission(recipe)
    loop, rest = emission.loop(), emission.rest()
    return Kernel(
        source=f"{loop}\n\n{rest}",
        run=compiled(loop, "kernel"),
        rest=compiled(rest, "rest"),
        width=emission.width,
        shown=len(emission.columns),
    )


class _Emission:
    """Decides what the loop gives of each row, and writes both functions."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe, self.step = recipe, step_of(recipe)
        step, self.graph = self.step, self.step.graph
        self.columns = list(column_nodes(recipe).values())
        self.p, self.g = _names("p", step.parameters), _names("g", step.gradients)
        self.m, self.s = _names("m", step.memory), _names("s", step.settings)
        self.n = _names("n", step.noise)
        self.moved = [] if recipe.loss is None else step.moved
        # the columns that do not follow from others, or the functions that they follow from: whichever are fewer
        self.given, self.exact = min(self._divided(True), self._divided(False), key=lambda found: len(found[0]))
        unseen = self._unseen()
        self.checks = [node for node in unseen if node in self.exact]
        self.hidden = [node for node in unseen if node not in self.exact]
        self.width = len(self.given) + bool(self.hidden)

    def _divided(self, functions: bool) -> tuple[list[int], set[int]]:
        """What the loop has to give of each row, and what then follows from it to the last bit."""
        step, graph = self.step, self.graph
        given = list(self.moved)
        exact = {*given, *step.settings, *step.noise, step.t}
        order = graph.needed([*self.columns, *step.new_gradients, step.loss, *step.observed])
        evaluated = graph.depending(step.moved, order) if functions else set()
        for node in order:
            operation, arguments = graph.nodes[node][0], graph.arguments(node)
            if operation == "number" or (operation in EXACT and exact.issuperset(arguments)):
                exact.add(node)
            elif node not in exact and (node in evaluated or node in self.columns):
                given.append(node)
                exact.add(node)
        return given, exact

    def _unseen(self) -> list[int]:
        """What has to be finite and may not be while every column is, as few as possible."""
        step, graph = self.step, self.graph
        made = graph.needed([*step.new_parameters, *step.new_memory, *step.new_gradients])
        watched = {*self.moved, *step.new_memory, *step.kept, step.loss, *step.new_gradients, *step.observed}
        watched |= {node for node in self.exact.difference(made) if graph.nodes[node][0] in ("div", "sqrt")}
        seen = {*self.columns, *(step.new_parameters if self.recipe.loss is None else ())}
        seen |= {new for new, at in zip(step.new_parameters, step.moved, strict=True) if at in seen}
        unseen = []
        for node in reversed(graph.needed([*watched, *seen])):
            if node in watched and node not in seen and node not in step.settings and graph.value(node) is None:
                unseen.append(node)
                seen.add(node)
            if node in seen:
                passing = HANDING_ON.get(graph.nodes[node][0], ())
                seen.update(argument for i, argument in enumerate(graph.arguments(node)) if i in passing)
        return unseen

    def loop(self) -> str:
        """What makes the steps, one after the other."""
        step = self.step
        lines = self._lines()
        before = lines.block(_invariant(step))
        rows = [*self.given, *self.hidden]
        evaluated = self.graph.depending(step.moved, self.graph.needed([*rows, *step.new_gradients]))
        update = [*step.new_parameters, *step.new_memory, *(node for node in rows if node not in evaluated)]
        body = lines.block(update)
        lines.names.update(zip(step.moved, map(lines.of, step.new_parameters), strict=True))
        if self.recipe.loss is None:
            after = self._model_lines(body, lines)
        else:
            body += lines.block([*step.new_gradients, *(node for node in rows if node in evaluated)])
            after = list(map(lines.of, [*step.moved, *step.new_gradients]))
        row = [*map(lines.of, self.given), *([" + ".join(map(lines.of, self.hidden))] if self.hidden else [])]
        body += [f"keep(rows, at, {', '.join(row)})"] if row else []
        old, new = [*self.p, *self.g, *self.m], [*after, *map(lines.of, step.new_memory)]
        body, moves = _in_place(body, list(zip(old, new, strict=True)))
        return self._function(before, [*body, *_moved(moves)], old)

    def _lines(self) -> Lines:
        step, graph = self.step, self.graph
        moving = [*step.parameters, *step.gradients, *step.memory]
        names = [*self.p, *self.g, *self.m, *self.s, *self.n, "t"]
        inputs = [*moving, *step.settings, *step.noise, step.t]
        every = graph.needed([*step.new_parameters, *step.new_memory, *step.kept, step.rate])
        columns = graph.depending(moving, every) if self.recipe.whole else set()
        return Lines(graph, dict(zip(inputs, names, strict=True)), columns)

    def _model_lines(self, body: list[str], lines: Lines) -> list[str]:
        """The evaluation of a model, which writes loss and gradient where it is told; the new p and g."""
        evaluate = "evaluate(theta, gradient, room)"
        new = list(map(lines.of, self.step.new_parameters))
        if self.recipe.whole:
            body += [f"store(theta, {new[0]})", evaluate]
            return ["theta", "gradient"]
        gradient = _names("h", self.g)
        body += [f"store(place, 0, {', '.join(new)})", evaluate, f"{_tuple(gradient)} = gradient.tolist()"]
        return [*new, *gradient]

    def _function(self, before: Sequence[str], body: Sequence[str], state: Sequence[str]) -> str:
        model, size = self.recipe.loss is None, 8 * self.width
        each = ["place", "theta", "gradient", "room"] if model else self.n
        counted = {"at": f"range(0, {size}*(last - first), {size})"} if size else {}
        if not size or any(re.search(r"\bt\b", line) for line in body):
            counted = {"t": "range(first, last)", **counted}
        through = {**counted, **({_tuple(each): "noise"} if each else {})}
        names, sources = ", ".join(through), ", ".join(through.values())
        arguments = ["state", "settings", "first", "last", "noise", "keep", "rows"]
        return function(
            "kernel",
            [*arguments, *(["store", "evaluate"] if model else [])],
            [
                f"{_tuple(state)} = state",
                *([f"{_tuple(self.s)} = settings"] if self.s else []),
                "at = 0" if size else "t = first",
                "try:",
                *(f"    {line}" for line in before),
                f"    for {names} in {f'zip({sources})' if len(through) > 1 else sources}:",
                *(f"        {line}" for line in body),
                "except (ArithmeticError, ValueError):",
                f"    return {f'first + at//{size}' if size else 't'}, {_tuple(state)}",
                f"return last, {_tuple(state)}",
            ],
        )

    def rest(self) -> str:
        """What makes columns of what the loop gave, for all rows at once."""
        step, graph = self.step, self.graph
        numbers = [*_names("r", self.given), *(["hidden"] if self.hidden else [])]
        names = dict(zip([*step.settings, *step.noise, step.t], [*self.s, *self.n, "t"], strict=True))
        names |= dict(zip(self.given, numbers, strict=False))
        wanted = [*self.columns, *self.checks]
        columns = graph.depending([*self.given, *step.noise, step.t], graph.needed(wanted, names))
        lines = Lines(graph, names, columns)
        body = lines.block(wanted)
        unpack = [(numbers, "numbers"), (self.s, "settings"), (self.n, "noise")]
        return function(
            "rest",
            ["t", "settings", "noise", "numbers"],
            [
                *(f"{_tuple(names)} = {whole}" for names, whole in unpack if names),
                *body,
                f"return {_tuple([*map(lines.of, wanted), *(['hidden'] if self.hidden else [])])}",
            ],
        )


def _names(prefix: str, nodes: Sequence[object]) -> list[str]:
    return [f"{prefix}{i}" for i in range(len(nodes))]


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)},)" if names else "()"


def _in_place(lines: list[str], moves: list[tuple[str, str]]) -> tuple[list[str], list[tuple[str, str]]]:
    """Give a new value the name of the old one where nothing reads the old one any more: a move less."""
    left = []
    for old, new in moves:
        made = next((i for i, line in enumerate(lines) if line.startswith(f"{new} = ")), None)
        reads_old = re.compile(rf"\b{old}\b")
        wanted = any(o != old and n in (old, new) for o, n in moves)
        if made is None or wanted or any(reads_old.search(line) for line in lines[made + 1 :]):
            left.append((old, new))
            continue
        reads_new = re.compile(rf"\b{new}\b")
        lines = [*lines[:made], *(reads_new.sub(old, line) for line in lines[made:])]
    return lines, left


def _moved(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The new state becomes the old one; through a tuple where a new value is itself an old name."""
    pairs = [(old, new) for old, new in pairs if old != new]
    if {old for old, _ in pairs} & {new for _, new in pairs}:
        return [f"{', '.join(old for old, _ in pairs)}, = {', '.join(new for _, new in pairs)},"]
    return [f"{old} = {new}" for old, new in pairs]


def _invariant(step: Step) -> list[int]:
    """What the loop uses but does not change: computed once before it."""
    graph = step.graph
    outputs = [*step.new_parameters, *step.new_memory, *step.kept, step.rate, step.loss]
    needed = graph.needed([*outputs, *step.new_gradients, *step.observed])
    inputs = [*step.parameters, *step.gradients, *step.memory, *step.moved, *step.noise, step.t]
    changing = graph.depending(inputs, needed)
    used = {a for index in needed if index in changing for a in graph.arguments(index)} | {*outputs}
    return [i for i in needed if i in used and i not in changing and graph.arguments(i)]
