"""Update rules as text: lines of assignments, element by element, as a paper prints them.

    m = beta1*m + (1 - beta1)*g
    x = x - lr*m

`x` is the parameter, `g` its gradient, `t` the step (from 1). A name that is read before it is assigned is
memory (0 at the start, unless a line `memory p = 1` says otherwise) if some line assigns it, and a setting
if none does. `norm(g)` is taken over all parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.errors import FormulaError
from core.formula import notation
from core.formula.graph import Graph, lowered
from core.formula.operations import CONSTANTS, FUNCTIONS
from core.formula.parser import Parser, Token, check_length, function_meant, tokens, unknown_name
from core.formula.program import operations

MAX_CHARACTERS, MAX_LINES = 1000, 20
GIVEN = ("x", "g", "t")
# Names that columns of a run already have, and words of the language itself.
RESERVED = {*FUNCTIONS, *CONSTANTS, "norm", "memory", "t", "step", "loss", "gradient", "output", "slope", "accuracy"}
_ASSIGNMENT = re.compile(r"\s*(?P<memory>memory\s+)?(?P<name>[^\s=]+)\s*=(?!=)")

Norm = Callable[[Graph, Sequence[int]], int]
Names = dict[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """`name = ...`: the node of its right side, and which names had been assigned before it.

    >>> line = parse_rule("v = g; x = x - v").lines[1]
    >>> line.name, line.text, sorted(line.assigned)
    ('x', 'x = x - v', ['v'])
    """

    name: str
    text: str
    root: int
    assigned: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """A rule that has been read: its lines over a graph whose variables are plain names.

    >>> rule = parse_rule("v = momentum*v + g; x = x - lr*v")
    >>> rule.settings, rule.memory_names, rule.kept
    (('momentum', 'lr'), ('v',), ('v',))
    """

    text: str
    graph: Graph
    lines: tuple[Line, ...]
    settings: tuple[str, ...]
    starts: Mapping[str, int]  # memory: the node of its start value

    @property
    def memory_names(self) -> tuple[str, ...]:
        """What the rule keeps between steps."""
        return tuple(self.starts)

    @property
    def kept(self) -> tuple[str, ...]:
        """Every name a step computes, except the parameter itself, in the order of the lines."""
        return tuple(dict.fromkeys(line.name for line in self.lines if line.name != "x"))

    def applied(self, into: Graph, names: Sequence[Names], norm: Norm | None = None) -> list[Names]:
        """One step built in another graph: `names` says, for each parameter, which node each name is.

        Returns for each parameter the nodes of all names after the step.
        """
        after = [dict(one) for one in names]
        for line in self.lines:
            after = self.line_applied(line, into, after, norm)
        return after

    def line_applied(self, line: Line, into: Graph, names: Sequence[Names], norm: Norm | None = None) -> list[Names]:
        """The names after one line."""
        values = self._evaluated(line.root, into, names, norm or euclidean_norm)
        return [{**one, line.name: value} for one, value in zip(names, values, strict=True)]

    def start(self, name: str, into: Graph, settings: Names) -> int:
        """The node of a memory's start value."""
        return self._evaluated(self.starts[name], into, [settings], euclidean_norm)[0]

    def program(self) -> dict[str, Any]:
        """One step as a list of operations over `x`, `g`, `t`, settings and memory, element by element.

        `outputs` has the place of every name after the step, `memory` that of each start value; `norm` is taken
        over all parameters.

        >>> parse_rule("x = x - lr*g").program()["outputs"]
        {'x': 4}
        """
        graph = Graph()
        variables = (*GIVEN, *self.settings, *self.memory_names)
        names = {name: graph.variable(name) for name in variables}
        (after,) = self.applied(graph, [names], lambda into, nodes: into.node("norm", *nodes))
        assigned = (*self.kept, "x")
        starts = [self.start(name, graph, names) for name in self.memory_names]
        flat, roots = lowered(graph, [*(after[name] for name in assigned), *starts])
        listed, places = operations(flat, roots)
        return {
            "variables": list(variables),
            "operations": listed,
            "outputs": dict(zip(assigned, places, strict=False)),
            "memory": dict(zip(self.memory_names, places[len(assigned) :], strict=True)),
        }

    def _evaluated(self, root: int, into: Graph, names: Sequence[Names], norm: Norm) -> list[int]:
        made: list[dict[int, int]] = [{} for _ in names]
        for index in self.graph.needed([root]):
            node = self.graph.nodes[index]
            if node[0] == "norm":
                shared = norm(into, [one[int(node[1])] for one in made])
                for one in made:
                    one[index] = shared
                continue
            for one, known in zip(made, names, strict=True):
                if node[0] == "number":
                    one[index] = into.number(float(node[1]))
                elif node[0] == "variable":
                    one[index] = known[str(node[1])]
                else:
                    one[index] = into.apply(node[0], *(one[a] for a in self.graph.arguments(index)))
        return [one[root] for one in made]

    def line_layout(self, line: Line, write: notation.Write | None = None) -> notation.Layout:
        """`m_t = β₁ m_{t−1} + (1 − β₁) g_t`: memory with the step it belongs to."""
        right = notation.layout(self.graph, line.root, write or (lambda name: self._written(name, line.assigned)))
        left = self._written(line.name, frozenset([line.name]))
        return notation.Layout("row", (left, notation.Layout("operator", ("=",)), right))

    def mathml(self) -> tuple[str, ...]:
        """Each line as mathematics, low enough for a row of a table."""
        return tuple(notation.mathml(notation.inline(self.line_layout(line))) for line in self.lines)

    def latex(self) -> tuple[str, ...]:
        """Each line as LaTeX."""
        return tuple(notation.latex(self.line_layout(line)) for line in self.lines)

    def _written(self, name: str, assigned: frozenset[str]) -> notation.Layout:
        if name in self.settings or name == "t":
            return notation.symbol(name)
        now = name in assigned or name == "g"
        index: notation.Layout = notation.symbol("t")
        if not now:
            minus_one = (notation.symbol("t"), notation.Layout("operator", ("−",)), notation.number(1))
            index = notation.Layout("row", minus_one)
        return notation.subscripted(notation.symbol(name), index)


def euclidean_norm(graph: Graph, nodes: Sequence[int]) -> int:
    """sqrt of the sum of squares over all parameters.

    >>> graph = Graph()
    >>> graph.value(euclidean_norm(graph, [graph.number(3), graph.number(4)]))
    5.0
    """
    total = graph.number(0)
    for node in nodes:
        total = graph.add(total, graph.pow(node, graph.number(2)))
    return graph.apply("sqrt", total)


@lru_cache(maxsize=512)
def parse_rule(text: str) -> Rule:
    """Read a rule; raises `FormulaError` (field `rule`) with line, column and cure, and nothing else.

    >>> parse_rule("v = v + g")
    Traceback (most recent call last):
    core.errors.FormulaError: rule: no line assigns x: add one such as x = x - lr*g.
    """
    check_length(text, MAX_CHARACTERS, "rule")
    pieces = _split(text)
    if len(pieces) > MAX_LINES:
        column = pieces[MAX_LINES][1]
        raise FormulaError(f"a rule has at most {MAX_LINES} lines.", column, field="rule", code="too_long", limit=20)
    heads = [_head(piece, column) for piece, column in pieces]
    assigned = {name for memory, name, _, _ in heads if not memory}
    reading = _Reading(Graph(), assigned)
    for (memory, name, right, right_column), (piece, _) in zip(heads, pieces, strict=True):
        reading.line(memory, name, right, right_column, piece.strip())
    if "x" not in assigned:
        raise FormulaError("no line assigns x: add one such as x = x - lr*g.", 1, field="rule", code="no_x")
    return reading.rule(text)


def _split(text: str) -> list[tuple[str, int]]:
    """The lines that say something, each with the column (from 1, over the whole text) where it begins."""
    result, column = [], 1
    for piece in re.split(r"(?<=[\n;])", text):
        line = piece.rstrip("\n;\r")
        if line.strip():
            result.append((line, column))
        column += len(piece)
    return result


def _head(line: str, column: int) -> tuple[bool, str, str, int]:
    """(is it a `memory` line, the name, the right side, the column of the right side)."""
    match = _ASSIGNMENT.match(line)
    if match is None:
        raise FormulaError(
            "each line is an assignment such as v = 0.9*v + g.", column, field="rule", code="no_assignment"
        )
    name_column = column + match.start("name")
    name = tokens(match["name"], "rule", name_column)
    if len(name) != 2 or name[0].kind != "name":
        raise FormulaError(
            f"{match['name']!r} cannot be assigned: use a name of letters, digits and _.",
            name_column,
            field="rule",
            code="bad_name",
            name=match["name"],
        )
    if name[0].text in RESERVED:
        raise FormulaError(
            f"{name[0].text!r} already means something: choose another name.",
            name_column,
            field="rule",
            code="reserved_name",
            name=name[0].text,
        )
    return bool(match["memory"]), name[0].text, line[match.end() :], column + match.end()


class _Reading:
    """The state of reading a rule line by line."""

    def __init__(self, graph: Graph, assigned: set[str]) -> None:
        self.graph = graph
        self.assigned = assigned
        self.done: set[str] = set()
        self.settings: list[str] = []
        self.starts: dict[str, int] = {}
        self.lines: list[Line] = []
        self.made = 0

    def line(self, memory: bool, name: str, right: str, column: int, text: str) -> None:
        resolve = self._resolve_start if memory else self._resolve
        functions = frozenset(FUNCTIONS) | ({"norm"} if not memory else frozenset())
        self.parser = Parser(tokens(right, "rule", column), self.graph, resolve, "rule", functions)
        root = self.parser.whole()
        if memory:
            self._declare(name, root, column)
            return
        self.lines.append(Line(name, text, root, frozenset(self.done)))
        self.done.add(name)

    def _declare(self, name: str, root: int, column: int) -> None:
        if name in GIVEN or name not in self.assigned:
            message = f"{name!r} is declared as memory, but no line assigns it."
            raise FormulaError(message, column, field="rule", code="unused_memory", name=name)
        self.starts[name] = root

    def _resolve(self, token: Token) -> int:
        name = token.text
        if name not in GIVEN and name not in self.done:
            if name in self.assigned:
                self.starts.setdefault(name, self.graph.number(0))
            elif name not in self.settings:
                self._setting(token)
        return self.graph.variable(name)

    def _resolve_start(self, token: Token) -> int:
        if token.text in GIVEN or token.text in self.assigned:
            message = f"a memory's start value cannot use {token.text!r}: use numbers and settings."
            raise FormulaError(message, token.column, field="rule", code="bad_start", name=token.text)
        if token.text not in self.settings:
            self._setting(token)
        return self.graph.variable(token.text)

    def _setting(self, token: Token) -> None:
        # sen(v) is no product with a setting of that name; lr(v) is, and sen*(v) would be
        mistaken = self.parser.calls(token) and function_meant(token.text) is not None
        if mistaken or token.text in RESERVED or token.text == "y":
            raise unknown_name(token, list(GIVEN), "rule")
        self.settings.append(token.text)

    def rule(self, text: str) -> Rule:
        # memory in the order in which the lines assign it, so that columns read like the rule
        order = list(dict.fromkeys(line.name for line in self.lines))
        starts = {name: self.starts[name] for name in order if name in self.starts}
        return Rule(text, self.graph, tuple(self.lines), tuple(self.settings), starts)
