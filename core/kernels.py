"""One step of a rule on a formula, as a graph, and the loops that are emitted from it.

A step has two halves. The update takes parameters p, gradient g and memory m to p', m'; the evaluation
takes p' to the loss, its gradient g' and what the problem observes. Both are built in one graph for all
parameters together, so that what they share (1 - beta1**t, say) is computed once a step, and what does not
change is computed once before the loop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.formula import Formula, Rule, parse, parse_rule
from core.formula.emit import Lines, compiled, function
from core.formula.graph import Graph, copy, gradient, lowered

Kernel = Callable[..., tuple[float, ...]]


@dataclass(frozen=True)
class Recipe:
    """What decides the code of a loop (settings and start are its arguments).

    `loss` and the formulas in `observed` (name, text) are over `variables`; `schedule` scales the setting
    lr, over `s` = t - 1 and `schedule_settings`; `noisy` adds noise to the gradient; `detail` keeps the
    rule's memory and intermediates in every row. Without a `loss` the step is an update alone; `whole` then
    says that the one variable is an array of all parameters.

    >>> Recipe(("x",), "x**2", (), "x = x - lr*g").detail
    False
    """

    variables: tuple[str, ...]
    loss: str | None
    observed: tuple[tuple[str, str], ...]
    rule: str
    schedule: str | None = None
    schedule_settings: tuple[str, ...] = ()
    noisy: bool = False
    detail: bool = False
    rate: bool = False  # whether learning_rate is a column
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


def _names(prefix: str, nodes: Sequence[int]) -> list[str]:
    return [f"{prefix}{i}" for i in range(len(nodes))]


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)},)" if names else "()"


def source(recipe: Recipe) -> str:
    """The emitted loop: `kernel(state, settings, first, last, noise, extend)` -> state.

    `state` is (p, g, m) of the last row; steps `first` to `last - 1` are made and `extend` is given the
    numbers of each row, with what the row does not show as one sum behind them. The loop ends where `math` raises;
    numbers that are not finite otherwise are found afterwards, all at once (core/loops.py).

    >>> "extend((p0, a2, g0,))" in source(Recipe(("x",), "x**2", (), "x = x - lr*g"))
    True
    """
    step = step_of(recipe)
    graph = step.graph
    p, g, m = _names("p", step.parameters), _names("g", step.gradients), _names("m", step.memory)
    s, n = _names("s", step.settings), _names("n", step.noise)
    inputs = [*step.parameters, *step.gradients, *step.memory, *step.settings, *step.noise, step.t]
    lines = Lines(graph, dict(zip(inputs, [*p, *g, *m, *s, *n, "t"], strict=True)))
    before = lines.block(_invariant(step))
    rate = [step.rate] if recipe.rate else []
    update = lines.block([*step.new_parameters, *step.new_memory, *step.kept, *rate])
    q = [lines.of(node) for node in step.new_parameters]
    lines.names.update(zip(step.moved, q, strict=True))
    evaluation = lines.block([step.loss, *step.new_gradients, *step.observed])
    row = [*step.moved, step.loss, *step.new_gradients, *(step.kept if recipe.detail else []), *step.observed, *rate]
    given = [*map(lines.of, row), *_hidden(recipe, step, lines)]
    old = [*p, *g, *m]
    new = list(map(lines.of, [*step.moved, *step.new_gradients, *step.new_memory]))
    body, moves = _in_place([*update, *evaluation, f"extend({_tuple(given)})"], list(zip(old, new, strict=True)))
    return function(
        "kernel",
        ["state", "settings", "first", "last", "noise", "extend"],
        [
            f"{_tuple(old)} = state",
            *([f"{_tuple(s)} = settings"] if s else []),
            "try:",
            *(f"    {line}" for line in before),
            f"    for t, {_tuple(n)} in zip(range(first, last), noise):" if n else "    for t in range(first, last):",
            *(f"        {line}" for line in [*body, *_moved(moves)]),
            "except (ArithmeticError, ValueError):",
            "    pass",
            f"return {_tuple(old)}",
        ],
    )


def _hidden(recipe: Recipe, step: Step, lines: Lines) -> list[str]:
    """What a step computes but a row does not show, as one sum: a row is finite when all of its step is."""
    if recipe.detail:
        return []
    names = dict.fromkeys(map(lines.of, [*step.new_memory, *step.kept]))
    shown = set(map(lines.of, [*step.moved, step.loss, *step.new_gradients]))
    hidden = [name for name in names if name not in shown and name[0] in "apgm"]  # settings and numbers are finite
    return [" + ".join(hidden)] if hidden else []


@lru_cache(maxsize=256)
def width(recipe: Recipe) -> int:
    """How many numbers the loop gives for each row, the hidden sum included.

    >>> width(Recipe(("x",), "x**2", (), "v = v + g; x = x - lr*v"))  # x, loss, gradient, and v hidden
    4
    """
    given = next(line for line in source(recipe).splitlines() if "extend((" in line)
    return given.count(",")


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


@lru_cache(maxsize=256)
def kernel(recipe: Recipe) -> Kernel:
    """The compiled loop.

    >>> rows = []
    >>> kernel(Recipe(("x",), "x**2", (), "x = x - lr*g"))((1.0, 2.0), (0.4,), 1, 3, None, rows.extend)[0] == rows[3]
    True
    """
    return compiled(source(recipe), "kernel")


def update_source(recipe: Recipe) -> str:
    """The emitted update alone: `update(x, g, m, t, settings)` -> (x, m, kept, rate), on floats or arrays.

    >>> print(update_source(Recipe(("x",), None, (), "x = x - lr*g")), end="")
    def update(x, g, m, t, settings):
        (p0,) = x
        (g0,) = g
        (s0,) = settings
        a1 = p0 - s0*g0
        return (a1,), (), (), s0
    """
    step = step_of(recipe)
    p, g, m = _names("p", step.parameters), _names("g", step.gradients), _names("m", step.memory)
    s = _names("s", step.settings)
    inputs = [*step.parameters, *step.gradients, *step.memory, *step.settings, step.t]
    moving = [*step.parameters, *step.gradients, *step.memory]
    outputs = [*step.new_parameters, *step.new_memory, *step.kept, step.rate]
    columns = step.graph.depending(moving, step.graph.needed(outputs)) if recipe.whole else set()
    lines = Lines(step.graph, dict(zip(inputs, [*p, *g, *m, *s, "t"], strict=True)), columns)
    body = lines.block(outputs)
    results = [step.new_parameters, step.new_memory, step.kept if recipe.detail else []]
    returned = ", ".join(_tuple(list(map(lines.of, nodes))) for nodes in results)
    unpack = [f"{_tuple(names)} = {whole}" for names, whole in ((p, "x"), (g, "g"), (m, "m"), (s, "settings")) if names]
    return function(
        "update", ["x", "g", "m", "t", "settings"], [*unpack, *body, f"return {returned}, {lines.of(step.rate)}"]
    )


@lru_cache(maxsize=256)
def update(recipe: Recipe) -> Callable[..., tuple[Any, Any, Any, float]]:
    """The compiled update.

    >>> update(Recipe(("x",), None, (), "x = x - lr*g"))((1.0,), (2.0,), (), 1, (0.25,))[0]
    (0.5,)
    """
    return compiled(update_source(recipe), "update")
