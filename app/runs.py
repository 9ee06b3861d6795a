"""From a spec to the engine: completing it, costing it, and making its rows in slices."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from time import perf_counter
from typing import Any, Protocol

from numpy.typing import NDArray

from app.problems import Fault, InvalidError, fault
from app.spec import MOST_STEPS, Problem, Run, Spec
from core import problems
from core.errors import FieldError
from core.plan import Change
from core.problems.problem import FormulaProblem
from core.running import Mark
from core.running import Run as Walk
from core.settings import unknown
from core.status import Status

Columns = dict[str, NDArray[Any]]
Clock = Callable[[], float]

FORMULA_COST = 100.0  # multiplications a parameter: what a rule takes beside a formula's own
MOST_STEP_COST = 1e7  # multiplications of one step, which is never interrupted: about 5 ms
MOST_MARKS = 16  # of a run's states that are kept
LINE_SEARCH = 40  # most evaluations of a step of L-BFGS


@dataclass(frozen=True)
class Prepared:
    """A complete spec, and its runs ready to be made."""

    spec: Spec
    walks: tuple[Walk, ...]

    def columns(self, run: int) -> tuple[str, ...]:
        """The names of the columns that run sends, in the engine's order."""
        picked = self.spec.runs[run].columns
        names = tuple(self.walks[run].columns)
        return names if picked is None else tuple(name for name in names if name in picked)

    def rehearse(self) -> None:
        """Compile what the runs need, so that their first slices are as short as the others."""
        for walk in self.walks:
            walk.rehearse()

    def pace(self, walk: Walk) -> float:
        """About how many seconds a row takes; the first slice goes by it."""
        return 5e-6 + 1e-9 * self.step_cost(walk)

    def step_cost(self, walk: Walk) -> float:
        """About how many multiplications a step takes."""
        return step_cost(walk)


def step_cost(walk: Walk, longest: bool = False) -> float:
    """About how many multiplications a step takes: a model's grow with points and parameters; or the `longest` step."""
    parameters = len(walk.problem.parameters)
    if isinstance(walk.problem, FormulaProblem):
        return FORMULA_COST * parameters
    count = walk.problem.count
    evaluation = 3.0 * count * parameters
    if walk.plan.optimizer == "newton":  # its Hessian is made from differences of gradients, then solved
        return 2 * parameters * evaluation + 10.0 * parameters**3
    if walk.plan.optimizer == "lbfgs":
        return (LINE_SEARCH if longest else 2) * evaluation
    batch = walk.plan.batch
    seen = {"mini": int(batch.get("size", count)), "stochastic": 1}.get(str(batch.get("mode")), 0)
    # beside its batch a step looks at all data, for what its row shows
    return evaluation * (1 + seen / count) + FORMULA_COST * parameters


def prepare(spec: Spec, picked: bool = False) -> Prepared:
    """Complete `spec` from the registries and build its runs, or raise every fault found.

    With `picked` they make only the columns that the spec picks, else all.
    """
    found: list[Fault] = []
    shared = _problem(spec.problem, "problem", found)
    walks, runs = [], []
    for index, run in enumerate(spec.effective()):
        field = f"runs[{index}]"
        made = shared if spec.runs[index].problem is None else _problem(run.problem, f"{field}.problem", found)
        if run.problem is None:
            found.append(Fault(f"{field}.problem", "is missing: give the run a problem, or the spec.", "missing"))
        if made is None:
            continue
        try:
            walks.append(_walk(spec, index, run, made, picked))
            runs.append(_completed(spec, spec.runs[index], walks[-1], made))
        except FieldError as error:
            found.append(_placed(error, spec, index))
    found += _lost_changes(spec)
    if found:
        raise InvalidError(found)
    plain = [walk for walk, run in zip(walks, spec.runs, strict=True) if _plain(run)]
    start = list(plain[0].start) if spec.start is None and plain else spec.start
    update = {"runs": runs, "start": start, "problem": shared and shared.problem}
    return Prepared(spec.model_copy(update=update), tuple(walks))


@dataclass(frozen=True)
class Made:
    """A problem, complete, as the spec has it and as the engine's."""

    problem: Problem
    engine: problems.Problem


def make_problem(problem: Problem) -> Made:
    """The engine's problem for the spec's; raises `FieldError`."""
    engine = problems.make_problem(problem.kind, **problem.model_dump(exclude={"kind"}, exclude_none=True))
    return Made(type(problem).model_validate({"kind": problem.kind, **engine.fields}, strict=False), engine)


def _problem(problem: Problem | None, field: str, found: list[Fault]) -> Made | None:
    if problem is None:
        return None
    try:
        return make_problem(problem)
    except FieldError as error:
        found.append(fault(error, field))
        return None


def _walk(spec: Spec, index: int, run: Run, made: Made, picked: bool) -> Walk:
    assert run.steps is not None
    assert run.seed is not None
    walk = Walk(
        made.engine,
        run.optimizer,
        rule=run.rule,
        settings=run.settings,
        start=run.start,
        steps=run.steps,
        seed=run.seed,
        schedule=(run.schedule.name, run.schedule.settings) if run.schedule else None,
        changes=[Change(change.after, change.settings) for change in spec.changes if change.run == index],
        detail=run.detail,
        batch=run.batch.model_dump(exclude_none=True) if run.batch else None,
        columns=run.columns if picked else None,
    )
    if (cost := step_cost(walk, longest=True)) > MOST_STEP_COST:
        message = (
            f"one step may take about {cost:.2g} multiplications, the most is {MOST_STEP_COST:.2g}: use fewer points "
            "or parameters, or another optimizer."
        )
        field = "optimizer" if walk.plan.rule is None else "problem"
        raise FieldError(field, message, code="heavy_step", cost=int(cost), cap=int(MOST_STEP_COST))
    for place, name in enumerate(run.columns or ()):
        if name not in walk.columns:
            message = unknown("column", name, walk.columns)
            raise FieldError(f"columns[{place}]", message, code="unknown", known=list(walk.columns))
    return walk


def _completed(spec: Spec, own: Run, walk: Walk, made: Made) -> Run:
    """Defaults filled in where they are not shared: nothing is said twice."""
    update: dict[str, Any] = {"settings": dict(walk.settings)}
    if own.problem is not None:
        update["problem"] = made.problem
    if own.schedule is not None:
        update["schedule"] = own.schedule.model_copy(update={"settings": dict(walk.plan.schedule_settings)})
    if own.start is None and spec.start is None and not _plain(own):
        update["start"] = list(walk.start)
    return own.model_copy(update=update)


def _plain(run: Run) -> bool:
    """Whether the run starts where the spec's problem and seed say."""
    return run.start is None and run.problem is None and run.seed is None


def _placed(error: FieldError, spec: Spec, index: int) -> Fault:
    """A fault of a run at its place in the spec: what is shared, and changes, stand outside the run."""
    root = error.field.partition("[")[0].partition(".")[0]
    if root == "changes":
        own = [number for number, change in enumerate(spec.changes) if change.run == index]
        local = int(error.field.partition("[")[2].partition("]")[0])
        return fault(
            FieldError(
                error.field.replace(f"[{local}]", f"[{own[local]}]", 1), error.message, code=error.code, **error.values
            )
        )
    shared = root in {"problem", "start", "batch"} and getattr(spec.runs[index], root) is None
    return fault(error, "" if shared else f"runs[{index}]")


def _lost_changes(spec: Spec) -> Iterator[Fault]:
    last = len(spec.runs) - 1
    for index, change in enumerate(spec.changes):
        if change.run > last:
            message = f"must be from 0 to {last}, the number of a run, not {change.run}."
            yield Fault(f"changes[{index}].run", message, "out_of_range", {"low": 0, "high": last, "value": change.run})


def same_rows(old: Prepared, new: Prepared, run: int) -> int:
    """The last row up to which a run is the same in both; -1 where it differs from the start."""
    if run >= len(old.walks):
        return -1
    before, after = (
        list(prepared.spec.effective())[run].model_copy(update={"steps": None, "columns": None})
        for prepared in (old, new)
    )
    if before != after:
        return -1
    changes = [[change for change in prepared.spec.changes if change.run == run] for prepared in (old, new)]
    differing = [change.after for had, has in zip_longest(*changes) if had != has for change in (had, has) if change]
    return min(differing, default=MOST_STEPS)


class Watcher(Protocol):
    """Looks at a run's rows as they are made, and says up to where it wants them at once."""

    def next_after(self, row: int) -> int: ...

    def see(self, rows: Columns, over: bool) -> None: ...


class Track:
    """The rows of one run, made in slices: those before `first` are made and not handed out."""

    def __init__(
        self,
        walk: Walk,
        columns: Sequence[str],
        first: int = 0,
        clock: Clock = perf_counter,
        watcher: Watcher | None = None,
        pace: float = 5e-6,
    ) -> None:
        self.walk = walk
        self.columns = tuple(columns)
        self.first = first
        self.clock = clock
        self.watcher = watcher
        self.marks: list[Mark] = []  # where the run stood after some of its rows
        self.pace = pace  # seconds a row: at first as guessed, then as measured

    @property
    def status(self) -> Status:
        """The engine's status; the last row of a run that is over has been made."""
        return self.walk.status

    @property
    def made(self) -> int:
        """The last row that exists; -1 before the start."""
        return self.walk.step

    @property
    def over(self) -> bool:
        return self.walk.status.state != "running"

    def make(self, until: int, seconds: float, numbers: int) -> tuple[int, Columns]:
        """The next rows up to row `until`: as many as `seconds` and `numbers` allow; the first one's step."""
        began = self.clock()
        start = self.made + 1
        if self.watcher is not None:
            until = min(until, self.watcher.next_after(self.made))
        due = until - self.made
        count = max(1, min(due, int(seconds / self.pace), numbers // len(self.columns)))
        rows = self.walk.advance(count - (start == 0))  # row 0 comes by itself
        if self.made >= start:
            self.pace = max((self.clock() - began) / (self.made - start + 1), 1e-8)
        if self.watcher is not None:
            self.watcher.see(rows, self.over)
        self._keep_mark()
        skip = max(0, self.first - start)
        return start + skip, {name: rows[name][skip:] for name in self.columns}

    def _keep_mark(self) -> None:
        last = self.marks[-1].step if self.marks else 0
        if not self.over and self.made >= last + max(1, self.walk.plan.steps // MOST_MARKS):
            self.marks.append(self.walk.mark())

    def go_on_like(self, other: "Track", same: int) -> None:
        """Begin where another run stood, which has the rows up to row `same` in common with this one."""
        last = min(same, self.first - 1, self.walk.plan.steps - 1)
        self.marks = [mark for mark in tuple(other.marks) if mark.step <= last]
        if self.marks:
            self.walk.go_on_from(self.marks[-1])


def slices(track: Track, until: int, seconds: float, numbers: int) -> Iterator[tuple[int, Columns]]:
    """Every slice of a run up to row `until`, one at a time, empty ones too, so that others may take turns."""
    while not track.over and track.made < until:
        yield track.make(until, seconds, numbers)
