"""Measure the engine beside torch, optax, NumPy and C, print the table, and write it to docs/benchmarks.md.

`make bench` runs this in its own environment (benchmarks/requirements.txt, a C compiler). Contenders take turns,
repetition after repetition, so that whatever else the machine does meets all of them; a figure is the median, in
the processor's time of all threads (the map's in the wall's).
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import peers  # noqa: E402
from benchmarks.machine import processor  # noqa: E402
from core.ensembles import Ensemble  # noqa: E402
from core.formula import formula as formulas  # noqa: E402
from core.problems import make_problem  # noqa: E402
from core.running import Run  # noqa: E402
from core.surfaces import SURFACES  # noqa: E402

RULES = ("sgd", "momentum", "adam")
MANY = 16_384
Work = Callable[[], Any]


@dataclass(frozen=True)
class Line:
    """One row of the table: our time, the peer's, and how many times faster (or slower) we are to be."""

    work: str
    ours: float
    peer_name: str
    peer: float
    must: float | None
    stretch: float | None
    slower: bool = False  # the limits bound how much slower we are

    @property
    def ratio(self) -> float:
        """How many times faster; where C is the peer, how many times slower."""
        return self.ours / self.peer if self.slower else self.peer / self.ours

    @property
    def verdict(self) -> str:
        """Which of the two limits holds."""
        if self.must is None:
            return ""

        def holds(limit: float) -> bool:
            return self.ratio <= limit if self.slower else self.ratio >= limit

        return "stretch" if self.stretch and holds(self.stretch) else "must" if holds(self.must) else "**missed**"


def medians(contenders: Mapping[str, tuple[Work, int]], repetitions: int = 25) -> dict[str, float]:
    """Processor seconds per unit of work of each contender: (work, units in it). The first turn is not counted."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repetitions + 1):
        for name, (work, units) in contenders.items():
            begin = time.process_time()
            work()
            if turn:
                times[name].append((time.process_time() - begin) / units)
    return {name: median(values) for name, values in times.items()}


MEMORY = {"sgd": (), "momentum": ("v",), "adam": ("m", "v")}


def ours(name: str, steps: int) -> Any:
    """One run of ours, with the columns that the others keep: parameters, loss, gradient and the rule's memory."""
    rosenbrock = make_problem("surface", name="rosenbrock")
    memory = [f"{kept}_{parameter}" for kept in MEMORY[name] for parameter in rosenbrock.parameters]
    columns = ["x", "y", "loss", "gradient_x", "gradient_y", *memory]
    settings, start = {"lr": peers.RATES[name]}, list(peers.START)
    run = Run(rosenbrock, name, settings=settings, start=start, steps=steps, detail=True, columns=columns)
    return run.advance(steps)


def single_runs() -> list[Line]:
    """One run on Rosenbrock."""
    c, lines = peers.C(), []
    for name in RULES:
        optax_loop, optax_scan = peers.optax_loop(name), peers.optax_scan(name, 10_000)
        times = medians(
            {
                "ours": (lambda name=name: ours(name, 10_000), 10_000),
                "torch": (lambda name=name: peers.torch_run(name, 50), 50),
                "optax": (lambda run=optax_loop: run(300), 300),
                "optax scan": (optax_scan, 10_000),
                "NumPy": (lambda name=name: peers.numpy_run(name, 1000), 1000),
                "C": (lambda name=name: c.run(name, 100_000), 100_000),
            }
        )
        work = f"one run on Rosenbrock, {name}"
        lines += [
            Line(work, times["ours"], "torch.optim", times["torch"], 300, 800),
            Line(work, times["ours"], "optax, jitted step", times["optax"], 15, 40),
            Line(work, times["ours"], "optax, lax.scan", times["optax scan"], None, None),
            Line(work, times["ours"], "NumPy, plainly", times["NumPy"], None, None),
            Line(work, times["ours"], "C -O3", times["C"], 45, 30, slower=True),
        ]
    return lines


def many_runs() -> list[Line]:
    """16,384 runs at once, Adam."""
    c, rosenbrock, steps = peers.C(), make_problem("surface", name="rosenbrock"), 200
    starts = np.random.RandomState(0).uniform(-2, 2, (2, MANY))

    def columns() -> Any:
        many = Ensemble(rosenbrock, "adam", starts=starts.T, settings={"lr": 0.1}, steps=steps)  # type: ignore[arg-type]
        many.advance(steps)
        return many.parameters

    np.testing.assert_allclose(columns(), c.many(starts, steps)[:2], rtol=1e-6)
    units = MANY * steps
    times = medians({"ours": (columns, units), "C": (lambda: c.many(starts, steps), units)})
    return [Line(f"{MANY:,} runs at once, adam", times["ours"], "C -O3", times["C"], 6, 2.5, slower=True)]


def models() -> list[Line]:
    """Models on data against torch.nn."""
    import torch  # noqa: PLC0415
    from torch import nn  # noqa: PLC0415

    network = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 1))
    two, three = {"name": "blobs", "count": 200, "classes": 2}, {"name": "blobs", "count": 900, "classes": 3}
    moons = {"name": "moons", "count": 200}
    layers = {"hidden": [8, 8], "activation": "tanh", "output": "sigmoid", "loss": "ce"}
    cases = [
        ("logistic, 200 points", "logistic", {"dataset": two}, lambda: nn.Linear(2, 1), 45, 60),
        ("softmax, 900 points", "softmax", {"dataset": three}, lambda: nn.Linear(2, 3), 15, 20),
        ("a 2-8-8-1 network, 200 points", "network", {"dataset": moons, **layers}, lambda: network, 7, 15),
    ]
    lines = []
    for work, kind, fields, build, must, stretch in cases:
        problem: Any = make_problem(kind, **fields)
        inputs, targets = np.array(problem.data.inputs), np.array(problem.data.targets)
        softmax = kind == "softmax"
        loss = nn.CrossEntropyLoss() if softmax else nn.BCEWithLogitsLoss()
        wanted = torch.as_tensor(targets.argmax(1)) if softmax else torch.as_tensor(targets[:, -1:])
        times = medians(
            {
                "ours": (
                    lambda p=problem: Run(p, "sgd", settings={"lr": 0.1}, steps=2000, observe=False).advance(2000),
                    2000,
                ),
                "torch": (lambda b=build, f=loss, x=inputs, y=wanted: peers.torch_model(b, f, x, y, 100, 0.1), 100),
            }
        )
        lines.append(Line(work, times["ours"], "torch.nn", times["torch"], must, stretch))
    return lines


def processes() -> list[Line]:
    """Two processes over one."""
    done = subprocess.run([sys.executable, ROOT / "benchmarks/maps.py"], capture_output=True, check=True)  # noqa: S603
    times = json.loads(done.stdout)
    return [Line("a map of 32,768 runs, two processes", times["two"], "one process", times["one"], 1.6, 1.9)]


HOSTILE = (
    "sin(" * 38 + "x*y" + ")" * 38,
    "*".join(["(x+y)"] * 24),
    "+".join(["exp(x*y)**0.5"] * 12),
    "(" * 24 + "x" + "/y+1)" * 24,
    "softplus(sigmoid(tanh(x*y)))*atan(x/(1+y**2))**3 - log(1+x**2+y**4)*cos(sin(x-y)**5) + x**y*acos(x*y/9)",
)


def compiling() -> list[Line]:
    """Parse, differentiate and compile: the slowest of all surfaces and of some formulas at the limits."""
    texts = [surface.text() for surface in SURFACES.values()] + list(HOSTILE)

    def fresh(text: str, hessian: bool) -> None:
        formulas._read.cache_clear()
        formulas._function.cache_clear()
        read = formulas.parse(text)
        place = [0.3, 0.7][: len(read.variables)]
        if hessian:
            read.hessian(*place)
        else:
            read.value_and_gradient(*place)

    lines = []
    for what, hessian in (("any formula", False), ("any Hessian", True)):
        times = medians({text: (lambda text=text: fresh(text, hessian), 1) for text in texts}, 5)  # noqa: B023
        slowest = max(times, key=lambda text: times[text])
        typical = median(times[surface.text()] for surface in SURFACES.values())
        print(f"slowest to compile: {slowest[:60]}; the surfaces' median {typical * 1e3:.2f} ms")
        limits = (1, 10) if not hessian else (None, None)
        lines.append(Line(f"parse, differentiate, compile {what}", times[slowest], "10 ms", 0.010, *limits))
    return lines


def seconds(value: float) -> str:
    """A time with three digits and a unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.3g} s"


def table(lines: list[Line]) -> str:
    """The lines as Markdown."""
    rows = [
        "| work | Steepest | beside | its time | ratio | must | stretch | met |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for line in lines:
        sign = "≤ " if line.slower else ""
        limits = [f"{sign}{limit:g}" if limit else "" for limit in (line.must, line.stretch)]
        ratio = f"{line.ratio:.3g}{' times slower' if line.slower else ''}"
        cells = [line.work, seconds(line.ours), line.peer_name, seconds(line.peer), ratio, *limits, line.verdict]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    """Measure, print, write."""
    lines = [*compiling(), *single_runs(), *many_runs(), *models(), *processes()]
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "torch", "jax", "optax"))
    gcc = peers.compiler()
    head = f"{datetime.now(UTC):%Y-%m-%d}, {processor()}, Python {platform.python_version()}, {versions}, {gcc}."
    text = f"{head}\n\n{table(lines)}"
    print(text)
    page = ROOT / "docs/benchmarks.md"
    pattern = re.compile(r"(?<=<!-- table -->\n).*(?=\n<!-- end -->)", re.S)
    page.write_text(pattern.sub(lambda _: text, page.read_text()))


if __name__ == "__main__":
    main()
