"""How rows are made: one emitted loop for formulas and for models, step by step for solvers.

Which one runs is decided by the problem and the rule alone, never by how a run is sliced.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from core.errors import FieldError
from core.formula import Formula
from core.formula.trace import Trouble, trace
from core.loops import make_rows
from core.plan import Plan
from core.problems.problem import FormulaProblem, Problem, Vector
from core.random import noise
from core.rows import Engine, Rows, columns, first_kept
from core.schedules import SCHEDULES
from core.second_order import SOLVERS, Objective, StoppedError
from core.status import Status, failed, stopped
from core.steps import Recipe, evaluated_nodes, step_of
from core.training import ModelEngine

UNROLLED = 16  # up to so many parameters, a model's rule runs on floats; above, on arrays


def engine(problem: Problem, chosen: Plan, start: tuple[float, ...]) -> Engine:
    """The engine for a problem and a rule.

    >>> from core.plan import plan
    >>> from core.problems.surface import formula
    >>> chosen = plan(formula("x**2"), "sgd", None, {"lr": 0.4}, None, (), 0, 5, False, None)
    >>> engine(formula("x**2"), chosen, (1.0,)).columns
    ('step', 'x', 'loss', 'gradient_x')
    """
    if chosen.rule is None:
        return SolverEngine(problem, chosen, start)
    if isinstance(problem, FormulaProblem):
        return FormulaEngine(problem, chosen, start)
    return ModelEngine(problem, chosen, start, floats=len(start) <= UNROLLED)


class FormulaEngine:
    """A formula and an element-wise rule, in one emitted loop on floats.

    >>> from core.plan import plan
    >>> from core.problems.surface import formula
    >>> chosen = plan(formula("x**2"), "sgd", None, {"lr": 0.5}, None, (), 0, 5, False, None)
    >>> made = FormulaEngine(formula("x**2"), chosen, (1.0,))
    >>> made.first(), [column.tolist() for column in made.make(1, 3)[0]]
    ([0.0, 1.0, 1.0, 2.0], [[1.0, 2.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    """

    def __init__(self, problem: FormulaProblem, chosen: Plan, start: tuple[float, ...]) -> None:
        self.problem, self.plan, self.start = problem, chosen, start
        self.columns = columns(problem, chosen, tuple(observed(problem, chosen)))
        self.recipe = recipe(problem, chosen, self.columns)
        self.state: tuple[float, ...] = ()

    def first(self) -> list[float] | Status:
        step, names = step_of(self.recipe), self.problem.parameters
        inputs = dict(zip(step.moved, self.start, strict=True))
        for draw in self._noise(0, 1):
            inputs |= dict(zip(step.noise, draw, strict=True))
        values, trouble = trace(step.graph, [step.loss, *step.new_gradients, *step.observed], inputs)
        if trouble is not None:
            return failed(0, trouble, dict(zip(names, self.start, strict=True)), started=False)
        gradients = [values[node] for node in step.new_gradients]
        self.state = (*self.start, *gradients, *self.plan.memory_starts(len(self.start)))
        row = first_kept(self.plan, names)
        row |= {"step": 0.0, **{name: (inputs | values)[node] for name, node in evaluated_nodes(self.recipe).items()}}
        return [row.get(name, math.nan) for name in self.columns]

    def make(self, first: int, last: int) -> Rows:
        numbers = self.plan.numbers_for(first)
        draws = self._noise(first, last - first)
        made, self.state, failure = make_rows(self.recipe, self.state, numbers, first, last, draws)
        if failure is None:
            return made, None
        place = dict(zip(self.problem.parameters, failure.place, strict=True))
        return made, failed(first + len(made[0]) - 1, failure.trouble, place)

    def _noise(self, first: int, count: int) -> list[list[float]]:
        if not self.recipe.noisy:
            return []
        drawn: list[list[float]] = (self.problem.noise * noise(self.plan.seed, first, count, len(self.start))).tolist()
        return drawn


def observed(problem: FormulaProblem, chosen: Plan) -> Mapping[str, Formula]:
    """What a row reports beside loss and gradient, by name; nothing where it was not asked for.

    >>> from core.plan import plan
    >>> from core.problems.neuron import neuron
    >>> list(observed(neuron(), plan(neuron(), "sgd", None, None, None, (), 0, 5, False, None)))
    ['output', 'slope']
    """
    return problem.observed if chosen.observe else {}


def recipe(problem: FormulaProblem, chosen: Plan, shown: tuple[str, ...] | None = None) -> Recipe:
    """What decides the emitted loop of a formula problem, of whose rows these columns are shown.

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
        columns=shown,
    )


class SolverEngine:
    """A rule of `core.second_order` on any problem, step by step.

    >>> from core.plan import plan
    >>> from core.problems.surface import formula
    >>> chosen = plan(formula("x**2"), "newton", None, None, None, (), 0, 5, False, None)
    >>> made = SolverEngine(formula("x**2"), chosen, (3.0,))
    >>> made.first(), [column.tolist() for column in made.make(1, 2)[0]]
    ([0.0, 3.0, 9.0, 6.0, 0.0], [[1.0], [0.0], [0.0], [0.0], [2.0]])

    The last column counts the gradient evaluations that it took to get there: here the gradient and the curvature at 3.
    """

    def __init__(self, problem: Problem, chosen: Plan, start: tuple[float, ...]) -> None:
        self.problem, self.plan, self.start = problem, chosen, start
        _require_exact_gradients(problem, chosen)
        observations = tuple(problem.observations) if chosen.observe else ()
        counted = ("evaluations",) if chosen.observe else ()
        self.columns = columns(problem, chosen, (*observations, *counted))
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
        row = self._row(0, self._x, math.nan)
        if row is None:
            return failed(0, self._trouble(self._x), self._place(self._x), started=False)
        return row

    def make(self, first: int, last: int) -> Rows:
        rows: list[list[float]] = []
        status = None
        for t in range(first, last):
            settings = self.plan.settings_for(t)
            rate = self.plan.rate(t) if "lr" in settings else math.nan
            try:
                with np.errstate(all="ignore"):
                    x = self.solver.step(self._x, self._loss, self._gradient, {**settings, "lr": rate})
            except StoppedError as why:
                status = stopped(t - 1, why.code, why.message, why.values)
                break
            row = self._row(t, x, rate)
            if row is None:
                status = failed(t - 1, self._trouble(x), self._place(x))
                break
            rows.append(row)
        return list(np.array(rows).reshape(-1, len(self.columns)).T), status

    def _row(self, step: int, x: Vector, rate: float) -> list[float] | None:
        made = float(self.objective.evaluations)  # to get here; the gradient here belongs to the next step
        with np.errstate(all="ignore"):
            loss, gradient = self.objective.evaluate(x)
        check = loss + float(gradient.sum()) + float(x.sum())
        if check - check != 0:
            return None
        self._x, self._loss, self._gradient = x, loss, gradient
        row = {"step": float(step), "loss": loss, "learning_rate": rate, "evaluations": made, **self._place(x)}
        row |= zip((f"gradient_{name}" for name in self.problem.parameters), gradient.tolist(), strict=True)
        if isinstance(self.problem, FormulaProblem):
            row |= {name: formula.value(*x.tolist()) for name, formula in observed(self.problem, self.plan).items()}
        elif self.plan.observe:
            row |= self.problem.observe(x)
        return [float(row[name]) for name in self.columns]

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
