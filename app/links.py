"""Spec <-> query: a link is readable and short because what is the default is left out.

    /?surface=rosenbrock&start=-1.5,2&run=adam(lr=0.1)&run=momentum(lr=0.001)&change=0@120(lr=0.02)
    /losses?run=sgd(lr=0.15);neuron=mse&run=sgd(lr=0.15);neuron=ce&start=2,2&steps=300

What does not fit that form (models on data, typed rules) goes whole, as `?spec=<base64url of deflated JSON>`.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from app.problems import Fault, InvalidError, faults
from app.runs import make_problem
from app.spec import STEPS, Batch, Formula, Logistic, Neuron, Problem, Run, Schedule, Spec, Surface
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.settings import Setting, unknown
from core.surfaces import SURFACES

LONGEST = 8192  # characters of a link: longer ones do not survive every proxy and mail
LONGEST_READ = 2 * LONGEST  # of a query: one that somebody wrote may be longer than ours
INFLATED = 256 * 1024  # bytes of a packed spec
SAFE = "(),=;*@:/!'~$"

VIEW = ("lang", "format", "from", "until", "resolution", "run_shown")  # known, and no part of the spec
PROBLEM = ("surface", "formula", "neuron", "window", "noise")
SPEC = (*PROBLEM, "start", "steps", "seed", "batch", "run", "change", "spec")
CLASSIFIERS = {"logistic", "softmax", "one_vs_rest", "network"}
RUN = (*PROBLEM, "start", "steps", "seed", "batch", "schedule", "detail", "columns")

Pairs = list[tuple[str, str]]
Query = Iterable[tuple[str, str]]


class DoesNotFitError(Exception):
    """A spec that the readable form cannot say."""


# Writing


def write(spec: Spec) -> str | None:
    """The page's address for a complete spec, path and query; None where it would be over 8 kB."""
    for link in (_readable(spec), f"{page(spec)}?spec={pack(spec)}"):
        if link is not None and len(link) <= LONGEST:
            return link
    return None


def _readable(spec: Spec) -> str | None:
    try:
        pairs = _spec_pairs(spec)
    except DoesNotFitError:
        return None
    return f"{page(spec)}?" + "&".join(f"{name}={quote(value, safe=SAFE)}" for name, value in pairs)


def page(spec: Spec) -> str:
    """The page that shows such a spec: neurons belong to Losses, fitted lines to Batches, classifiers to Classify."""
    problems = [run.problem for run in spec.effective() if run.problem]
    kinds = {problem.kind for problem in problems}
    if kinds == {"logistic"} and {problem.loss for problem in problems if isinstance(problem, Logistic)} == {
        "mse",
        "ce",
    }:
        return "/losses"  # one model trained twice
    if kinds and kinds <= CLASSIFIERS:
        return "/classify"
    return {"neuron": "/losses", "linear": "/batches"}.get(next(iter(kinds)), "/") if len(kinds) == 1 else "/"


def pack(spec: Spec) -> str:
    """The spec as base64url of raw-deflated JSON."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = json.dumps(_unsaid(spec).body(), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(deflate.compress(data) + deflate.flush()).rstrip(b"=").decode()


def _unsaid(spec: Spec) -> Spec:
    """Without the starts that a problem and a seed imply: the weights of a network are long."""
    plain = [run for run in spec.runs if run.start is None]
    inherits = any(run.problem is not None or run.seed is not None for run in plain)
    implied = bool(plain) and not inherits and _is_default(spec.start, spec.problem, spec.seed)
    start = None if implied else spec.start
    return spec.model_copy(update={"start": start, "runs": [_unstarted(spec, run, start) for run in spec.runs]})


def _unstarted(spec: Spec, run: Run, start: Sequence[float] | None) -> Run:
    own = run.problem is not None or run.seed is not None
    seed = spec.seed if run.seed is None else run.seed
    implied = own and start is None and _is_default(run.start, run.problem or spec.problem, seed)
    return run.model_copy(update={"start": None}) if implied else run


def _spec_pairs(spec: Spec) -> Pairs:
    plain = [run for run in spec.runs if run.start is None]
    inherits = any(run.problem is not None or run.seed is not None for run in plain)
    start_implied = bool(plain) and not inherits and _is_default(spec.start, spec.problem, spec.seed)
    pairs = _problem_pairs(spec.problem)
    if spec.start is not None and not start_implied:
        pairs.append(("start", _numbers(spec.start)))
    if spec.steps != STEPS:
        pairs.append(("steps", str(spec.steps)))
    if spec.seed != 0:
        pairs.append(("seed", str(spec.seed)))
    if spec.batch is not None:
        pairs.append(("batch", _batch(spec.batch)))
    starts_implied = spec.start is None or start_implied
    pairs += [("run", _run(spec, run, starts_implied)) for run in spec.runs]
    pairs += [("change", f"{change.run}@{change.after}{_call('', change.settings)}") for change in spec.changes]
    return pairs


def _problem_pairs(problem: Problem | None) -> Pairs:
    match problem:
        case None:
            return []
        case Surface():
            given = _given(problem.settings, SURFACES[problem.name].settings)
            pairs = [("surface", _call(problem.name, given))]
        case Formula():
            pairs = [("formula", problem.formula)]
            plain = make_problem(problem.model_copy(update={"window": None})).problem
            if problem.window is not None and problem != plain:
                pairs.append(("window", _numbers([end for side in problem.window for end in side])))
        case Neuron():
            fields = {"input": problem.input, "target": problem.target}
            defaults = {"input": 1.0, "target": 0.0}
            return [("neuron", _call(problem.loss, {k: v for k, v in fields.items() if v != defaults[k]}))]
        case _:
            raise DoesNotFitError
    if problem.noise:
        pairs.append(("noise", number(problem.noise)))
    return pairs


def _run(spec: Spec, run: Run, start_implied: bool) -> str:
    if run.optimizer is None or ";" in str(run.problem):
        raise DoesNotFitError
    parts = [_call(run.optimizer, _given(run.settings, OPTIMIZERS[run.optimizer].settings))]
    pairs = _problem_pairs(run.problem)
    if run.start is not None:
        own = run.problem is not None or run.seed is not None
        seed = spec.seed if run.seed is None else run.seed
        if not (own and start_implied and _is_default(run.start, run.problem or spec.problem, seed)):
            pairs.append(("start", _numbers(run.start)))
    if run.steps is not None:
        pairs.append(("steps", str(run.steps)))
    if run.seed is not None:
        pairs.append(("seed", str(run.seed)))
    if run.batch is not None:
        pairs.append(("batch", _batch(run.batch)))
    if run.schedule is not None:
        pairs.append(("schedule", _schedule(run.schedule)))
    if run.detail:
        pairs.append(("detail", "true"))
    if run.columns is not None:
        if any("," in name or ";" in name for name in run.columns):
            raise DoesNotFitError
        pairs.append(("columns", ",".join(run.columns)))
    return ";".join(parts + [f"{name}={value}" for name, value in pairs])


def _schedule(schedule: Schedule) -> str:
    return _call(schedule.name, _given(schedule.settings, SCHEDULES[schedule.name].settings))


def _batch(batch: Batch) -> str:
    fields = {} if batch.size is None else {"size": str(batch.size)}
    if batch.with_replacement:
        fields["with_replacement"] = "true"
    return _call(batch.mode, fields)


def _is_default(start: Sequence[float] | None, problem: Problem | None, seed: int) -> bool:
    if start is None or problem is None:
        return False
    return list(start) == list(make_problem(problem).engine.default_start(seed))


def _given(settings: Mapping[str, float], known: Sequence[Setting]) -> dict[str, float]:
    defaults = {setting.name: setting.default for setting in known}
    return {name: value for name, value in settings.items() if value != defaults[name]}


def _call(name: str, fields: Mapping[str, float | str]) -> str:
    inside = ",".join(f"{key}={value if isinstance(value, str) else number(value)}" for key, value in fields.items())
    return f"{name}({inside})" if inside or not name else name


def _numbers(values: Iterable[float]) -> str:
    return ",".join(number(value) for value in values)


def number(value: float) -> str:
    """The shortest text that reads back as the same float.

    >>> number(2.0), number(0.1), number(1e22), number(-0.0)
    ('2', '0.1', '1e22', '-0.0')
    """
    text = repr(float(value)).replace("e+", "e")
    return text if text == "-0.0" else text.removesuffix(".0")


# Reading


@dataclass(frozen=True)
class Reading:
    """A spec as the query says it, not yet checked, and the names that were not understood."""

    body: dict[str, Any]
    ignored: tuple[Fault, ...]


def read(query: Query, known: Sequence[str] = VIEW) -> Reading:
    """What the query says; raises `InvalidError` for a value that cannot be read at all."""
    pairs = list(query)
    ours = [(name, value) for name, value in pairs if name in SPEC]
    ignored = tuple(
        Fault(name, unknown("name", name, (*SPEC, *known)), "unknown", {"known": [*SPEC, *known]})
        for name in dict.fromkeys(name for name, _ in pairs if name not in (*SPEC, *known))
    )
    names = [name for name, _ in ours]
    if "spec" in names:
        if len(names) > 1:
            raise InvalidError([Fault("spec", "stands alone: it is the whole spec.", "alone")])
        return Reading(unpack(ours[0][1]), ignored)
    body = _fields([(name, value) for name, value in ours if name not in ("run", "change")], "")
    found: list[Fault] = []
    for field, one, reader in (("runs", "run", _read_run), ("changes", "change", _read_change)):
        if texts := [value for name, value in ours if name == one]:
            body[field] = list(_each(texts, field, reader, found))
    if found:
        raise InvalidError(found)
    return Reading(body, ignored)


def _each(
    texts: Sequence[str], field: str, reader: Callable[[str, str], dict[str, Any]], found: list[Fault]
) -> Iterator[dict[str, Any]]:
    """Each text as it reads; what cannot be read goes to `found`."""
    for index, text in enumerate(texts):
        try:
            yield reader(text, f"{field}[{index}]")
        except InvalidError as error:
            found += error.faults


def check(body: dict[str, Any]) -> Spec:
    """What a query says as a spec; raises `InvalidError` with every fault."""
    try:
        return Spec.model_validate(body)
    except ValidationError as error:
        raise InvalidError(faults(error.errors())) from None


def unpack(text: str) -> dict[str, Any]:
    """A packed spec's JSON."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        inflate = zlib.decompressobj(-15)
        raw = inflate.decompress(data, INFLATED)
        body = json.loads(raw) if inflate.eof else None
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InvalidError([Fault("spec", "is not a packed spec: copy the whole link.", "packed")])
    return body


def _fields(pairs: Pairs, field: str) -> dict[str, Any]:
    """The fields that the spec and a run share, from their texts."""
    prefix = f"{field}." if field else ""
    seen: dict[str, str] = {}
    for name, value in pairs:
        if name in seen:
            raise InvalidError([Fault(f"{prefix}{name}", "is given twice; give it once.", "twice")])
        seen[name] = value
    body = _read_problem(seen, prefix)
    for name, value in seen.items():
        match name:
            case "start":
                body["start"] = [read_number(part) for part in value.split(",")]
            case "steps" | "seed":
                body[name] = read_number(value)
            case "batch":
                mode, fields = _read_call(value, f"{prefix}batch")
                body["batch"] = {"mode": mode, **fields}
            case "schedule":
                schedule, settings = _read_call(value, f"{prefix}schedule")
                body["schedule"] = {"name": schedule, "settings": settings}
            case "detail":
                body["detail"] = BOOLEANS.get(value, value)
            case "columns":
                body["columns"] = value.split(",")
    return body


def _read_problem(seen: Mapping[str, str], prefix: str) -> dict[str, Any]:
    kinds = [name for name in ("surface", "formula", "neuron") if name in seen]
    extras: dict[str, Any] = {"noise": read_number(seen["noise"])} if "noise" in seen else {}
    if "window" in seen:
        ends = [read_number(part) for part in seen["window"].split(",")]
        extras["window"] = [ends[i : i + 2] for i in range(0, len(ends), 2)]
    if len(kinds) > 1:
        message = f"give one of {' and '.join(kinds)}, not both."
        raise InvalidError([Fault(f"{prefix}problem", message, "one_of", {"names": kinds})])
    if not kinds:
        if extras:
            message = f"{next(iter(extras))} needs a surface or a formula beside it."
            raise InvalidError([Fault(f"{prefix}problem", message, "missing")])
        return {}
    kind = kinds[0]
    if kind == "formula":
        return {"problem": {"kind": kind, "formula": seen[kind], **extras}}
    name, fields = _read_call(seen[kind], f"{prefix}problem")
    if kind == "neuron":
        return {"problem": {"kind": kind, "loss": name, **fields, **extras}}
    return {"problem": {"kind": kind, "name": name, "settings": fields, **extras}}


def _read_run(text: str, field: str) -> dict[str, Any]:
    head, *rest = text.split(";")
    optimizer, settings = _read_call(head, field)
    pairs = []
    for part in rest:
        name, equals, value = part.partition("=")
        if not equals or name not in RUN:
            raise InvalidError([Fault(f"{field}.{name}", unknown("name", name, RUN), "unknown", {"known": [*RUN]})])
        pairs.append((name, value))
    return {"optimizer": optimizer, "settings": settings, **_fields(pairs, field)}


def _read_change(text: str, field: str) -> dict[str, Any]:
    run, at, rest = text.partition("@")
    after, bracket, settings = rest.partition("(")
    if not at or not bracket:
        example = "0@120(lr=0.02)"
        message = f"must be like {example}: the run, the step, the settings from then on."
        raise InvalidError([Fault(field, message, "syntax", {"example": example})])
    _, values = _read_call(f"change({settings}", field)
    return {"run": read_number(run), "after": read_number(after), "settings": values}


CALL = re.compile(r"(\w*)(?:\((.*)\))?", re.DOTALL)
NUMBER = re.compile(r"[+-]?(\d+|(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?)", re.ASCII)
CALLED = "name(setting=1,other=2)"
BOOLEANS = {"true": True, "false": False}


def _read_call(text: str, field: str) -> tuple[str, dict[str, Any]]:
    """`adam(lr=0.1)` as its name and its fields."""
    found = CALL.fullmatch(text)
    if found is None:
        raise InvalidError([Fault(field, f"must be like {CALLED}.", "syntax", {"example": CALLED})])
    fields: dict[str, Any] = {}
    for part in found[2].split(",") if found[2] else ():
        name, equals, value = part.partition("=")
        if not equals or not name or name in fields:
            raise InvalidError([Fault(field, f"must be like {CALLED}.", "syntax", {"example": CALLED})])
        fields[name] = BOOLEANS.get(value, read_number(value))
    return found[1], fields


def read_number(text: str) -> float | str:
    """A number, or the text itself, which the spec then refuses at its own field.

    >>> read_number("500"), read_number("1e-3"), read_number("abc")
    (500, 0.001, 'abc')
    """
    if not NUMBER.fullmatch(text):
        return text
    return int(text) if text.lstrip("+-").isdigit() and len(text) <= 20 else float(text)
