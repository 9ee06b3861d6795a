"""One step of a run, explained: every line of its rule as formula, with its numbers in it, and what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import FieldError
from core.formula import notation
from core.formula.graph import Graph
from core.formula.rules import Line, Names, Rule
from core.problems.problem import FormulaProblem
from core.running import Run


@dataclass(frozen=True, slots=True)
class Statement:
    """`name` = `text`: as mathematics, and for each parameter with its numbers and its value.

    >>> Statement("x", "x = 2", notation.number(2), {"x": notation.number(2)}, {"x": 2.0}).values["x"]
    2.0
    """

    name: str
    text: str
    formula: notation.Layout
    numbers: Mapping[str, notation.Layout]
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How row `step` came from the row before: where it was, the gradient there, and each line of the rule.

    `coasting` is where the rule would have led from there had the gradient been zero: what its memory does by itself,
    whatever signs and units it keeps it in. None where the rule has no answer, as when it divides by the gradient.

    >>> Explanation(1, {"x": 1.0}, {"x": 0.2}, {"x": 1.0}, {"lr": 0.4}, (), ()).after["x"]
    0.2
    """

    step: int
    before: Mapping[str, float]
    after: Mapping[str, float]
    coasting: Mapping[str, float | None]
    settings: Mapping[str, float]
    gradient: tuple[Statement, ...]
    lines: tuple[Statement, ...]


def explain(run: Run, step: int) -> Explanation:
    """Explain row `step` of a run made with `detail` that has not been advanced; its numbers are those of the rows.

    Raises `FieldError` where there is no such step, or no line to show.

    >>> from core.problems import make_problem
    >>> run = Run(make_problem("formula", formula="x**2"), "sgd", settings={"lr": 0.4}, start=[1], detail=True)
    >>> said = explain(run, 1)
    >>> notation.latex(said.lines[-1].numbers["x"]), round(said.lines[-1].values["x"], 12)
    ('x_{t} = 1 - 0.4 \\\\times 2', 0.2)
    """
    rule = run.plan.rule
    if rule is None:
        raise FieldError("run", f"{run.plan.optimizer} is not made of lines.", code="no_lines")
    rows = run.advance(step)
    if not 1 <= step < len(rows["step"]):
        last = len(rows["step"]) - 1
        raise FieldError(
            "step", f"must be from 1 to {last}, the last step of this run.", code="out_of_range", low=1, high=last
        )
    names = run.problem.parameters
    before = {name: float(rows[name][step - 1]) for name in names}
    gradients = {name: float(rows[f"gradient_{name}"][step - 1]) for name in names}
    settings = _settings(run, step)
    memory = {(kept, name): float(rows[f"{kept}_{name}"][step - 1]) for kept in rule.memory_names for name in names}
    shared = {**settings, "t": step}
    known = [
        {**shared, "x": before[name], **{kept: memory[kept, name] for kept in rule.memory_names}} for name in names
    ]
    return Explanation(
        step=step,
        before=before,
        after={name: float(rows[name][step]) for name in names},
        coasting=_coasting(rule, names, known),
        settings=settings,
        gradient=_gradient(run, before, gradients),
        lines=_lines(rule, names, [{**one, "g": gradients[name]} for one, name in zip(known, names, strict=True)]),
    )


def _settings(run: Run, step: int) -> dict[str, float]:
    """The settings that made the row, the rate as its schedule scaled it."""
    assert run.plan.rule is not None
    settings = run.plan.settings_for(step)
    if run.plan.schedule is not None and "lr" in settings:
        settings["lr"] = run.plan.rate(step)
    return settings


def _gradient(run: Run, before: Mapping[str, float], values: Mapping[str, float]) -> tuple[Statement, ...]:
    problem = run.problem
    if not isinstance(problem, FormulaProblem):
        return ()
    formula = problem.formula
    return tuple(
        Statement(
            name=f"gradient_{name}",
            text="",
            formula=notation.layout(formula.graph, node),
            numbers={name: notation.layout(formula.graph, node, lambda v: notation.shown(before[v]))},
            values={name: values[name]},
        )
        for name, node in zip(formula.variables, formula.partials, strict=True)
    )


def _numbers(graph: Graph, known: list[dict[str, float]]) -> list[Names]:
    """Numbers as nodes: the rule applied to them folds to numbers, line by line."""
    return [{name: graph.number(value) for name, value in one.items()} for one in known]


def _lines(rule: Rule, names: tuple[str, ...], values: list[dict[str, float]]) -> tuple[Statement, ...]:
    graph = Graph()
    known = _numbers(graph, values)
    statements = []
    for line in rule.lines:
        after = rule.line_applied(line, graph, known)
        statements.append(_statement(rule, line, graph, names, known, after))
        known = after
    return tuple(statements)


def _coasting(rule: Rule, names: tuple[str, ...], values: list[dict[str, float]]) -> dict[str, float | None]:
    graph = Graph()
    known = _numbers(graph, [{**one, "g": 0.0} for one in values])
    for line in rule.lines:
        known = rule.line_applied(line, graph, known)
    return {name: graph.value(one["x"]) for name, one in zip(names, known, strict=True)}


def _statement(
    rule: Rule, line: Line, graph: Graph, names: tuple[str, ...], known: list[Names], after: list[Names]
) -> Statement:
    def written(one: Names) -> notation.Write:
        return lambda name: notation.shown(graph.value(one[name]) or 0.0)

    return Statement(
        name=line.name,
        text=line.text,
        formula=rule.line_layout(line),
        numbers={name: rule.line_layout(line, written(one)) for name, one in zip(names, known, strict=True)},
        values={name: graph.value(one[line.name]) or 0.0 for name, one in zip(names, after, strict=True)},
    )
