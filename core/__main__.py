"""`python -m core`: what there is, the generated code, and runs as CSV.

python -m core
python -m core show adam on rosenbrock
python -m core run momentum on "x**2 + 50*y**2" lr=0.01 momentum=0.9 --start=-8,2 --steps 100
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
from collections.abc import Sequence
from typing import TextIO

from core.engines import recipe
from core.errors import FieldError
from core.kernels import kernel
from core.optimizers import OPTIMIZERS, Optimizer
from core.plan import plan
from core.problems import FormulaProblem, make_problem
from core.reference import page
from core.running import Run
from core.schedules import SCHEDULES
from core.settings import Setting
from core.steps import memory_names
from core.surfaces import SURFACES

SETTING = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>[-+]?[\d.][\d.eE+-]*)")
AT_ONCE = 1000  # rows made before they are written


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """The command line; returns the exit status."""
    given = _parser().parse_args(arguments)
    out = out or sys.stdout
    try:
        {"list": _list, "reference": _reference, "show": _show, "run": _run}[given.command or "list"](given, out)
        out.flush()
    except FieldError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads has seen enough: python -m core | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core", description="The engine of Steepest.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("list", help="surfaces, optimizers and schedules (the default)")
    commands.add_parser("reference", help="all rows of the registries as Markdown: docs/reference.md")
    show = commands.add_parser("show", help="the generated code of a rule on a surface; a row alone")
    show.add_argument("what", nargs="+", help="adam on rosenbrock; adam; rosenbrock; a formula")
    run = commands.add_parser("run", help="a run as CSV")
    run.add_argument("what", nargs="+", help="adam on rosenbrock lr=0.1; surfaces may be formulas, rules lines")
    run.add_argument("--start", help="one number for each parameter: -1.2,1 (write --start=-1.2,1)")
    run.add_argument("--steps", type=int, default=500)
    run.add_argument("--seed", type=int, default=0)
    run.add_argument("--noise", type=float, default=0.0, help="standard deviation of noise on the gradient")
    run.add_argument("--schedule", help="one of the schedules, with the defaults of its settings")
    run.add_argument("--detail", action="store_true", help="the rule's memory and intermediates, too")
    return parser


def _list(given: argparse.Namespace, out: TextIO) -> None:
    for heading, rows in (
        ("Surfaces", [(s.name, s.text(), s.settings) for s in SURFACES.values()]),
        ("Optimizers", [(o.name, o.title, o.settings) for o in OPTIMIZERS.values()]),
        ("Schedules", [(s.name, s.formula, s.settings) for s in SCHEDULES.values()]),
    ):
        print(heading, file=out)
        for name, text, settings in rows:
            print(f"  {name:<19}{text}{_settings(settings)}", file=out)
        print(file=out)


def _reference(given: argparse.Namespace, out: TextIO) -> None:
    print(page(), end="", file=out)


def _settings(settings: Sequence[Setting]) -> str:
    return "".join(f"  {setting.name}={setting.default:g}" for setting in settings)


def _show(given: argparse.Namespace, out: TextIO) -> None:
    words = [word for word in given.what if word != "on"]
    rows = [OPTIMIZERS[word] for word in words if word in OPTIMIZERS]
    others = [word for word in words if word not in OPTIMIZERS]
    if len(rows) > 1 or len(others) > 1:
        raise FieldError("show", "takes an optimizer, a surface, or one on the other: show adam on rosenbrock.")
    if not rows:
        problem = _problem(others[0])
        print(f"# {problem.formula.text}\n{problem.formula.source()}", end="", file=out)
    elif not others:
        _show_rule(rows[0], out)
    else:
        _show_loop(rows[0], _problem(others[0]), out)


def _show_rule(row: Optimizer, out: TextIO) -> None:
    print(f"# {row.title}. {row.source}{_settings(row.settings)}", file=out)
    print(row.rule or "(more than element-wise lines: core/second_order.py makes its steps)", file=out)


def _show_loop(row: Optimizer, problem: FormulaProblem, out: TextIO) -> None:
    chosen = plan(problem, row.name, None, None, None, (), seed=0, steps=1, detail=False, batch=None)
    if chosen.rule is None:
        _show_rule(row, out)
        return
    names = problem.parameters
    legend = [
        ("p", list(names)),
        ("g", [f"gradient of {name}" for name in names]),
        ("m", [f"{name} of {names[i]}" for name, i in memory_names(chosen.rule, len(names))]),
        ("s", list(chosen.rule.settings)),
    ]
    print(f"# {row.title} on {problem.formula.text}", file=out)
    for letter, meanings in legend:
        for i, meaning in enumerate(meanings):
            print(f"#   {letter}{i}: {meaning}", file=out)
    print(kernel(recipe(problem, chosen)).source, end="", file=out)


def _run(given: argparse.Namespace, out: TextIO) -> None:
    settings, words = {}, []
    for word in given.what:
        if match := SETTING.fullmatch(word):
            settings[match["name"]] = _float(match["value"], f"settings.{match['name']}")
        elif word != "on":
            words.append(word)
    if len(words) != 2:
        raise FieldError("run", "takes an optimizer and a surface: run adam on rosenbrock lr=0.1.")
    rule, surface = words
    typed = "=" in rule
    problem = _problem(surface, given.noise)
    run = Run(
        problem,
        None if typed else rule,
        rule=rule if typed else None,
        settings=settings,
        start=[_float(part, "start") for part in given.start.split(",")] if given.start else None,
        steps=given.steps,
        seed=given.seed,
        schedule=(given.schedule, {}) if given.schedule else None,
        detail=given.detail,
    )
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(run.columns)
    while run.status.state == "running":
        columns = run.advance(AT_ONCE)
        steps, *rest = (columns[name].tolist() for name in run.columns)
        writer.writerows([int(step), *numbers] for step, *numbers in zip(steps, *rest, strict=True))
    if run.status.state != "finished":
        print(run.status.message, file=sys.stderr)


def _problem(text: str, noise: float = 0.0) -> FormulaProblem:
    """A surface by its name; any other text is a formula."""
    known = text in SURFACES or (text.isidentifier() and len(text) > 1)
    problem = (
        make_problem("surface", name=text, noise=noise) if known else make_problem("formula", formula=text, noise=noise)
    )
    assert isinstance(problem, FormulaProblem)
    return problem


def _float(text: str, field: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise FieldError(field, f"{text!r} is not a number.", code="not_a_number") from None


if __name__ == "__main__":
    sys.exit(main())
