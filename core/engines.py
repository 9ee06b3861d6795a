"""How rows are made: one emitted loop for formulas, step by step for models and for solvers.

Which one runs is decided by the problem and the rule alone, never by how a run is sliced.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Protocol

import numpy as np

from core.batches import make_batches
from core.errors import FieldError
from core.formula import Formula
from core.formula.trace import Trouble, trace
from core.kernels import Recipe, memory_names, step_of, update
from core.loops import Table, make_rows, packed, place_and_trouble
from core.plan import Plan
from core.problems.problem import FormulaProblem, Model, Problem, Vector
from core.random import noise
from core.schedules import SCHEDULES
from core.second_order import SOLVERS, Objective, StoppedError
from core.status import Status, failed, stopped

UNROLLED = 16  # up to so many parameters, a model's rule runs on floats; above, on arrays
Rows = tuple[Table, Status | None]


class Engine(Protocol):
    """Makes rows; knows nothing of slices or changes of settings.

    `state` is all that the next row depends on, as a value: an engine of an equal run goes on from it.
    """

    columns: tuple[str, ...]

    @property
    def state(self) -> Any: ...

    @state.setter
    def state(self, state: Any) -> None: ...

    def first(self) -> list[float] | Status:
        """Row 0 without its step number, or why there is none."""
        ...

    def make(self, first: int, last: int) -> Rows:
        """Rows `first` to `last` - 1, one below the other; fewer, and the reason, where it cannot go on."""
        ...


def engine(problem: Problem, chosen: Plan, start: tuple[float, ...]) -> Engine:
    """The engine for a problem and a rule.

    >>> from core.plan import plan
    >>> from core.problems.surface import formula
    >>> chosen = plan(formula("x**2"), "sgd", None, {"lr": 0.4}, None, (), 0, 5, False, None)
    >>> engine(formula("x**2"), chosen, (1.0,)).columns
    ('x', 'loss', 'gradient_x')
    """
    if chosen.rule is None:
        return SolverEngine(problem, chosen, start)
    if isinstance(problem, FormulaProblem):
        return FormulaEngine(problem, chosen, start)
    return ModelEngine(problem, chosen, start)


def _columns(problem: Problem, kept: list[str], observed: tuple[str, ...], rate: bool) -> tuple[str, ...]:
    names = problem.parameters
    gradients = [f"gradient_{name}" for name in names]
    return (*names, "loss", *gradients, *kept, *observed, *(["learning_rate"] if rate else []))


def _kept(chosen: Plan, parameters: tuple[str, ...]) -> list[str]:
    if chosen.rule is None or not chosen.detail:
        return []
    return [f"{name}_{parameter}" for name in chosen.rule.kept for parameter in parameters]


def _first_kept(chosen: Plan, count: int, memory: tuple[float, ...]) -> list[float]:
    """Row 0 of the kept columns: the memory's start, NaN for what only a step computes."""
    if chosen.rule is None or not chosen.detail:
        return []
    starts = dict(zip(memory_names(chosen.rule, count), memory, strict=True))
    return [starts.get((name, i), math.nan) for name in chosen.rule.kept for i in range(count)]


class FormulaEngine:
    """A formula and an element-wise rule, in one emitted loop on floats.

    >>> from core.plan import plan
    >>> from core.problems.surface import formula
    >>> chosen = plan(formula("x**2"), "sgd", None, {"lr": 0.5}, None, (), 0, 5, False, None)
    >>> made = FormulaEngine(formula("x**2"), chosen, (1.0,))
    >>> made.first(), made.make(1, 2)[0].tolist()
    ([1.0, 1.0, 2.0], [[0.0, 0.0, 0.0]])
    """

    def __init__(self, problem: FormulaProblem, chosen: Plan, start: tuple[float, ...]) -> None:
        self.problem, self.plan, self.start = problem, chosen, start
        self.recipe = recipe(problem, chosen)
        self.columns = _columns(problem, _kept(chosen, problem.parameters), problem.observations, chosen.rate_varies)
        self._memory = chosen.memory_starts(len(start))
        self.state: tuple[float, ...] = ()

    def first(self) -> list[float] | Status:
        step = step_of(self.recipe)
        inputs = dict(zip(step.moved, self.start, strict=True)) | dict(zip(step.noise, *self._noise(0, 1), strict=True))
        roots = [step.loss, *step.new_gradients, *step.observed]
        values, trouble = trace(step.graph, roots, inputs)
        if trouble is not None:
            return failed(0, trouble, dict(zip(self.problem.parameters, self.start, strict=True)), started=False)
        loss, *rest = (values[root] for root in roots)
        gradients, observed = rest[: len(self.start)], rest[len(self.start) :]
        self.state = (*self.start, *gradients, *self._memory)
        kept = _first_kept(self.plan, len(self.start), self._memory)
        return [*self.start, loss, *gradients, *kept, *observed, *([math.nan] if self.plan.rate_varies else [])]

    def make(self, first: int, last: int) -> Rows:
        numbers = self.plan.numbers_for(first)
        draws = self._noise(first, last - first)
        table, self.state, trouble = make_rows(self.recipe, self.state, numbers, first, last, draws)
        return table, None if trouble is None else self._failed(first + len(table), numbers, trouble)

    def _noise(self, first: int, count: int) -> list[list[float]]:
        if not self.recipe.noisy:
            return [[]] * count
        drawn: list[list[float]] = (self.problem.noise * noise(self.plan.seed, first, count, len(self.start))).tolist()
        return drawn

    def _failed(self, step: int, numbers: tuple[float, ...], trouble: Trouble) -> Status:
        draw = self._noise(step, 1)[0]
        place, _ = place_and_trouble(self.recipe, self.state, numbers, step, draw)
        return failed(step - 1, trouble, dict(zip(self.problem.parameters, place, strict=True)))


def observed(problem: FormulaProblem, chosen: Plan) -> Mapping[str, Formula]:
    """What a row reports beside loss and gradient, by name; nothing where it was not asked for.

    >>> from core.plan import plan
    >>> from core.problems.neuron import neuron
    >>> list(observed(neuron(), plan(neuron(), "sgd", None, None, None, (), 0, 5, False, None)))
    ['output', 'slope']
    """
    return problem.observed if chosen.observe else {}


def recipe(problem: FormulaProblem, chosen: Plan) -> Recipe:
    """What decides the emitted loop of a formula problem.

    >>> from core.plan import plan
    >>> from core.problems.surface import formula
    >>> recipe(formula("x**2"), plan(formula("x**2"), "sgd", None, None, None, (), 0, 5, False, None)).rule
    'x = x - lr*g'
    """
    assert chosen.rule is not None
    return Recipe(
        variables=problem.parameters,
        loss=problem.formula.text,
        observed=tuple((name, formula.text) for name, formula in observed(problem, chosen).items()),
        rule=chosen.rule.text,
        schedule=SCHEDULES[chosen.schedule].formula if chosen.schedule else None,
        schedule_settings=tuple(chosen.schedule_settings),
        noisy=problem.noise > 0,
        detail=chosen.detail,
        rate=chosen.rate_varies,
    )


class ModelEngine:
    """A model on data: the rule is emitted, loss and gradient come from the model, batch by batch.

    Few parameters are updated as floats, many as arrays; the numbers agree to the last bit where the rule has
    no transcendental function.

    >>> from core.plan import plan
    >>> from core.problems.linear import linear
    >>> line = linear(dataset={"points": [[0.0], [1.0]], "labels": [1.0, 3.0]})
    >>> made = ModelEngine(line, plan(line, "sgd", None, {"lr": 1.0}, None, (), 0, 5, False, None), (0.0, 0.0))
    >>> made.first()  # w, b, loss, and their gradient
    [0.0, 0.0, 2.5, -1.5, -2.0]
    """

    def __init__(self, model: Model, chosen: Plan, start: tuple[float, ...]) -> None:
        assert chosen.rule is not None
        self.model, self.plan, self.start = model, chosen, start
        self.batches = make_batches(chosen.batch, model.count, chosen.seed)
        self.full_loss = chosen.observe and self.batches.mode != "full"
        observations = model.observations if chosen.observe else ()
        observed = (*observations, *(["full_loss"] if self.full_loss else []))
        self.columns = _columns(model, _kept(chosen, model.parameters), observed, chosen.rate_varies)
        self.floats = len(start) <= UNROLLED
        count = len(start) if self.floats else 1
        names = model.parameters if self.floats else ("x",)
        self._update = update(_update_recipe(names, chosen, whole=not self.floats))
        memory = chosen.memory_starts(count)
        self._memory = memory if self.floats else tuple(np.full(len(start), value) for value in memory)
        self._theta, self._gradient = np.array(start), np.zeros(len(start))
        self._place, self._slope = list(start), [0.0] * len(start)  # the same as lists
        self._zeros = np.zeros(len(start))
        self._observes = bool(observations)
        self._fixed = np.array(getattr(model, "fixed", ()), dtype=np.int64)

    @property
    def state(self) -> Any:
        """Parameters and gradient, both as arrays and as lists, and the rule's memory; none is ever written over."""
        return self._theta, self._gradient, self._place, self._slope, self._memory

    @state.setter
    def state(self, state: Any) -> None:
        self._theta, self._gradient, self._place, self._slope, self._memory = state

    def first(self) -> list[float] | Status:
        kept = _first_kept(self.plan, len(self.start), self.plan.memory_starts(len(self.start)))
        with np.errstate(all="ignore"):
            row = self._row(self._theta, self._place, 0, kept, math.nan)
        if row is None:
            place = dict(zip(self.model.parameters, self.start, strict=True))
            return failed(0, Trouble("overflow", "loss", ()), place, started=False)
        return row

    def make(self, first: int, last: int) -> Rows:
        rows: list[float] = []
        numbers = self.plan.numbers_for(first)
        step = self._step_on_floats if self.floats else self._step_on_arrays
        with np.errstate(all="ignore"):
            for t in range(first, last):
                row = step(t, numbers)
                if row is None:
                    return packed(rows, len(self.columns)), failed(t - 1, Trouble("overflow", "", ()), {})
                rows += row
        return packed(rows, len(self.columns)), None

    def _step_on_floats(self, t: int, numbers: tuple[float, ...]) -> list[float] | None:
        try:
            x, memory, kept, rate = self._update(self._place, self._slope, self._memory, t, numbers)
        except (ArithmeticError, ValueError):
            return None
        check = sum(memory) + sum(kept)
        if check - check != 0:
            return None
        row = self._row(np.array(x), list(x), t, kept, rate)
        self._memory = memory
        return row

    def _step_on_arrays(self, t: int, numbers: tuple[float, ...]) -> list[float] | None:
        try:
            (theta,), memory, kept, rate = self._update((self._theta,), (self._gradient,), self._memory, t, numbers)
        except (ArithmeticError, ValueError):
            return None
        if not all(self._finite(part) for part in (*memory, *kept)):
            return None
        # a name of the rule that is the same for all parameters is a number, not an array
        flat = [value for part in kept for value in np.broadcast_to(part, theta.shape).tolist()]
        row = self._row(theta, theta.tolist(), t, flat, rate)
        self._memory = memory
        return row

    def _finite(self, part: Vector | float) -> bool:
        """0 times what is not finite is NaN: one product finds it, and never overflows."""
        return float(self._zeros.dot(part)) == 0.0 if isinstance(part, np.ndarray) else math.isfinite(part)

    def _row(self, theta: Vector, place: list[float], t: int, kept: Sequence[float], rate: float) -> list[float] | None:
        """The row at theta, which becomes the state; None where it is not finite."""
        if self._fixed.size:  # a rule with weight decay moves even what has no gradient
            theta[self._fixed] = self._theta[self._fixed]
            place = theta.tolist()
        loss, gradient = self.model.evaluate(theta, self.batches.rows(t))
        slope = gradient.tolist()
        check = loss + sum(slope) + sum(place)
        if check - check != 0:
            return None
        row = [*place, loss, *slope, *kept]
        full_loss = [self.model.evaluate(theta)[0]] if self.full_loss else []
        if self._observes:  # after the pass over all data, whose results it can use
            row += self.model.observe(theta).values()
        row += full_loss
        self._theta, self._gradient, self._place, self._slope = theta, gradient, place, slope
        if self.plan.rate_varies:
            row.append(rate)
        return row


def _update_recipe(names: tuple[str, ...], chosen: Plan, whole: bool) -> Recipe:
    assert chosen.rule is not None
    return Recipe(
        variables=names,
        loss=None,
        observed=(),
        rule=chosen.rule.text,
        schedule=SCHEDULES[chosen.schedule].formula if chosen.schedule else None,
        schedule_settings=tuple(chosen.schedule_settings),
        detail=chosen.detail,
        whole=whole,
    )


class SolverEngine:
    """A rule of `core.second_order` on any problem, step by step.

    >>> from core.plan import plan
    >>> from core.problems.surface import formula
    >>> chosen = plan(formula("x**2"), "newton", None, None, None, (), 0, 5, False, None)
    >>> made = SolverEngine(formula("x**2"), chosen, (3.0,))
    >>> made.first(), made.make(1, 2)[0].tolist()
    ([3.0, 9.0, 6.0, 0.0], [[0.0, 0.0, 0.0, 2.0]])

    The last column counts the gradient evaluations that it took to get there: here the gradient and the curvature at 3.
    """

    def __init__(self, problem: Problem, chosen: Plan, start: tuple[float, ...]) -> None:
        self.problem, self.plan, self.start = problem, chosen, start
        _require_exact_gradients(problem, chosen)
        observations = tuple(problem.observations) if chosen.observe else ()
        counted = ("evaluations",) if chosen.observe else ()
        self.columns = _columns(problem, [], (*observations, *counted), chosen.rate_varies)
        self.objective = Objective(problem)
        self.solver = SOLVERS[str(chosen.optimizer)](self.objective)
        self._x, self._loss, self._gradient = np.array(start), math.nan, np.zeros(len(start))

    @property
    def state(self) -> Any:
        """Place, loss, gradient, what was counted, and the solver with all that it remembers."""
        solver = deepcopy(self.solver, {id(self.objective): self.objective})
        return self._x, self._loss, self._gradient, self.objective.evaluations, self.objective, solver

    @state.setter
    def state(self, state: Any) -> None:
        self._x, self._loss, self._gradient, self.objective.evaluations, objective, solver = state
        self.solver = deepcopy(solver, {id(objective): self.objective})

    def first(self) -> list[float] | Status:
        row = self._row(self._x, math.nan)
        if row is None:
            return failed(0, self._trouble(self._x), self._place(self._x), started=False)
        return row

    def make(self, first: int, last: int) -> Rows:
        rows: list[float] = []
        for t in range(first, last):
            settings = self.plan.settings_for(t)
            rate = self.plan.rate(t) if "lr" in settings else math.nan
            try:
                with np.errstate(all="ignore"):
                    x = self.solver.step(self._x, self._loss, self._gradient, {**settings, "lr": rate})
            except StoppedError as why:
                return packed(rows, len(self.columns)), stopped(t - 1, why.code, why.message, why.values)
            row = self._row(x, rate)
            if row is None:
                return packed(rows, len(self.columns)), failed(t - 1, self._trouble(x), self._place(x))
            rows += row
        return packed(rows, len(self.columns)), None

    def _row(self, x: Vector, rate: float) -> list[float] | None:
        made = float(self.objective.evaluations)  # to get here; the gradient here belongs to the next step
        with np.errstate(all="ignore"):
            loss, gradient = self.objective.evaluate(x)
        check = loss + float(gradient.sum()) + float(x.sum())
        if check - check != 0:
            return None
        self._x, self._loss, self._gradient = x, loss, gradient
        if not self.plan.observe:
            observed = []
        elif isinstance(self.problem, FormulaProblem):
            observed = [float(formula.value(*x.tolist())) for formula in self.problem.observed.values()]
        else:
            observed = [float(value) for value in self.problem.observe(x).values()]
        row = [*x.tolist(), loss, *gradient.tolist(), *observed, *([made] if self.plan.observe else [])]
        return [*row, rate] if self.plan.rate_varies else row

    def _place(self, x: Vector) -> dict[str, float]:
        return dict(zip(self.problem.parameters, x.tolist(), strict=True))

    def _trouble(self, x: Vector) -> Trouble:
        trouble = None
        if isinstance(self.problem, FormulaProblem):
            formula = self.problem.formula
            inputs = dict(zip(formula.inputs, x.tolist(), strict=True))
            trouble = trace(formula.graph, [formula.root, *formula.partials], inputs)[1]
        return trouble or Trouble("overflow", "loss", ())


def _require_exact_gradients(problem: Problem, chosen: Plan) -> None:
    if isinstance(problem, FormulaProblem) and problem.noise > 0:
        message = f"{chosen.optimizer} needs exact gradients: set noise to 0."
        raise FieldError("problem.noise", message, code="needs_exact_gradients")
    if chosen.batch and chosen.batch.get("mode") != "full":
        message = f"{chosen.optimizer} needs exact gradients: use the full batch."
        raise FieldError("batch.mode", message, code="needs_exact_gradients")
