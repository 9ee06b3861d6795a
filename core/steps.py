"""One step of a rule on a formula, as a graph.

A step has two halves. The update takes parameters p, gradient g and memory m to p', m'; the evaluation
takes p' to the loss, its gradient g' and what the problem observes. Both are built in one graph for all
parameters together, so that what they share (1 - beta1**t, say) is computed once a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.formula import Formula, Rule, parse, parse_rule
from core.formula.graph import Graph, copy, gradient, lowered


@dataclass(frozen=True)
class Recipe:
    """What decides the code of a loop (settings and start are its arguments).

    `loss` and the formulas in `observed` (name, text) are over `variables`; `schedule` scales the setting
    lr, over `s` = t - 1 and `schedule_settings`; `noisy` adds noise to the gradient; `columns` are what rows are to
    show. Without a `loss` a model on data gives loss and gradient; `whole` then says that the one variable is an
    array of all parameters.

    >>> Recipe(("x",), "x**2", (), "x = x - lr*g").whole
    False
    """

    variables: tuple[str, ...]
    loss: str | None
    observed: tuple[tuple[str, str], ...]
    rule: str
    schedule: str | None = None
    schedule_settings: tuple[str, ...] = ()
    noisy: bool = False
    columns: tuple[str, ...] | None = None
    whole: bool = False


@dataclass
class Step:
    """The graph of one step and the names of its nodes, by their role.

    >>> step = step_of(Recipe(("x",), "x**2", (), "x = x - lr*g"))
    >>> len(step.parameters), len(step.new_gradients)
    (1, 1)
    """

    graph: Graph
    rule: Rule
    parameters: list[int]
    gradients: list[int]
    memory: list[int]
    settings: list[int]
    t: int
    noise: list[int]
    new_parameters: list[int]  # what the update gives
    new_memory: list[int]
    kept: list[int]  # memory and intermediates, name by name, parameter by parameter
    rate: int
    moved: list[int]  # the parameters again, as inputs of the evaluation
    loss: int = 0
    new_gradients: list[int] = field(default_factory=list)
    observed: list[int] = field(default_factory=list)


def memory_names(rule: Rule, count: int) -> list[tuple[str, int]]:
    """(name, parameter) in the order in which kernels keep memory.

    >>> memory_names(parse_rule("m = m + g; x = x - m"), 2)
    [('m', 0), ('m', 1)]
    """
    return [(name, i) for name in rule.memory_names for i in range(count)]


def evaluated_nodes(recipe: Recipe) -> dict[str, int]:
    """The columns that are taken at a row's own parameters, by name: all but the rule's own names and the rate.

    >>> list(evaluated_nodes(Recipe(("x",), "x**2", (), "x = x - lr*g")))
    ['x', 'loss', 'gradient_x']
    """
    step, names = step_of(recipe), recipe.variables
    if recipe.loss is None:
        return {}
    return {
        **dict(zip(names, step.moved, strict=True)),
        "loss": step.loss,
        **{f"gradient_{name}": node for name, node in zip(names, step.new_gradients, strict=True)},
        **{name: node for (name, _), node in zip(recipe.observed, step.observed, strict=True)},
    }


def column_nodes(recipe: Recipe) -> dict[str, int]:
    """The columns of a row, by name: those that are asked for, or those that are taken at its own parameters.

    >>> list(column_nodes(Recipe(("x",), "x**2", (), "v = v + g; x = x - v", columns=("loss", "v_x"))))
    ['loss', 'v_x']
    """
    step, evaluated = step_of(recipe), evaluated_nodes(recipe)
    own = dict(zip((f"{kept}_{name}" for kept in step.rule.kept for name in recipe.variables), step.kept, strict=True))
    known = {"step": step.t, **evaluated, **own, "learning_rate": step.rate}
    return {name: known[name] for name in (evaluated if recipe.columns is None else recipe.columns)}


@lru_cache(maxsize=256)
def step_of(recipe: Recipe) -> Step:
    """Build the graph of one step, integer powers as products.

    >>> step_of(Recipe(("x",), "x**2", (), "x = x - lr*g")).rule.settings
    ('lr',)
    """
    graph, rule = Graph(), parse_rule(recipe.rule)
    count = len(recipe.variables)
    parameters = [graph.variable(f"p{i}") for i in range(count)]
    gradients = [graph.variable(f"g{i}") for i in range(count)]
    memory = {pair: graph.variable(f"m{j}") for j, pair in enumerate(memory_names(rule, count))}
    setting_names = (*rule.settings, *recipe.schedule_settings)
    settings = [graph.variable(f"s{j}") for j in range(len(setting_names))]
    t = graph.variable("t")
    known = dict(zip(rule.settings, settings, strict=False))
    rate = _scheduled(recipe, graph, known, settings[len(rule.settings) :], t)
    if "lr" in known:
        known["lr"] = rate
    names = [
        {"x": parameters[i], "g": gradients[i], "t": t, **known, **{n: memory[n, i] for n in rule.memory_names}}
        for i in range(count)
    ]
    after = rule.applied(graph, names, _array_norm if recipe.whole else None)
    moved = [graph.variable(f"q{i}") for i in range(count)]
    loss, new_gradients, observed = _evaluation(recipe, graph, moved)
    noise = [graph.variable(f"n{i}") for i in range(count)] if recipe.noisy else []
    new_gradients = [graph.add(g, n) for g, n in zip(new_gradients, noise, strict=True)] if noise else new_gradients
    step = Step(
        graph,
        rule,
        parameters,
        gradients,
        list(memory.values()),
        settings,
        t,
        noise,
        [one["x"] for one in after],
        [after[i][name] for name, i in memory],
        [after[i][name] for name in rule.kept for i in range(count)],
        rate,
        moved,
        loss,
        new_gradients,
        observed,
    )
    return _lowered(step)


def _scheduled(recipe: Recipe, graph: Graph, known: dict[str, int], schedule_settings: list[int], t: int) -> int:
    base = known.get("lr", graph.number(1))
    if recipe.schedule is None:
        return base
    formula = parse(recipe.schedule, ("s", *recipe.schedule_settings))
    inputs = [graph.sub(t, graph.number(1)), *schedule_settings]
    (factor,) = copy(formula.graph, [formula.root], graph, dict(zip(formula.variables, inputs, strict=True)))
    return graph.mul(base, factor)


def _evaluation(recipe: Recipe, graph: Graph, at: list[int]) -> tuple[int, list[int], list[int]]:
    if recipe.loss is None:
        return graph.number(0), [], []
    variables = dict(zip(recipe.variables, at, strict=True))
    roots = [_copied(parse(text, recipe.variables), graph, variables) for text in [recipe.loss, *_texts(recipe)]]
    return roots[0], gradient(graph, roots[0], at), roots[1:]


def _array_norm(graph: Graph, nodes: Sequence[int]) -> int:
    return graph.node("norm", *nodes)


def _texts(recipe: Recipe) -> list[str]:
    return [text for _, text in recipe.observed]


def _copied(formula: Formula, graph: Graph, variables: dict[str, int]) -> int:
    (root,) = copy(formula.graph, [formula.root], graph, variables)
    return root


def _lowered(step: Step) -> Step:
    roles = {name: value for name, value in vars(step).items() if name not in ("graph", "rule")}
    flat = [node for value in roles.values() for node in (value if isinstance(value, list) else [value])]
    graph, nodes = lowered(step.graph, flat)
    remaining = iter(nodes)
    again: dict[str, Any] = {
        name: [next(remaining) for _ in value] if isinstance(value, list) else next(remaining)
        for name, value in roles.items()
    }
    return Step(graph=graph, rule=step.rule, **again)
