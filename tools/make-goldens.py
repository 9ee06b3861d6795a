"""Write tests/core/goldens: what torch.optim and torch's schedulers do, in float64. The files are frozen.

    python3 -m venv .venv-goldens
    .venv-goldens/bin/pip install torch==2.13.0 numpy
    .venv-goldens/bin/python tools/make-goldens.py

Nothing of Steepest is imported: the surfaces stand here once more, in torch, and torch differentiates them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, cos, exp, optim
from torch.optim import lr_scheduler

GOLDENS = Path(__file__).resolve().parent.parent / "tests/core/goldens"
STEPS = 100
KEPT = (*range(11), *range(15, STEPS + 1, 5))
PI = torch.pi

SURFACES: dict[str, tuple[tuple[float, float], Callable[[Tensor, Tensor], Tensor]]] = {
    "rosenbrock": ((-1.2, 1.0), lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2),
    "ravine": ((-8.0, 2.0), lambda x, y: (x**2 + 50 * y**2) / 2),
    "himmelblau": ((-0.5, -2.0), lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2),
    "saddle": ((1.5, 1e-3), lambda x, y: x**2 / 2 + y**4 / 4 - y**2 / 2),
    "branin": (
        (6.5, 10.0),
        lambda x, y: (y - 5.1 * x**2 / (4 * PI**2) + 5 * x / PI - 6) ** 2 + 10 * (1 - 1 / (8 * PI)) * cos(x) + 10,
    ),
    "dupont": (
        (0.75, 1.0),
        lambda x, y: -2 * exp(-((x - 1) ** 2 + y**2) / 0.2) - 3 * exp(-((x + 1) ** 2 + y**2) / 0.2) + x**2 + y**2,
    ),
}

# For each rule: how torch makes it from our settings, and the runs (surface, settings).
Made = Callable[[list[Tensor], dict[str, float]], optim.Optimizer]


def betas(s: dict[str, float]) -> tuple[float, float]:
    """Our beta1 and beta2 as torch wants them; torch's defaults for what is left out."""
    return s.pop("beta1", 0.9), s.pop("beta2", 0.999)


def rprop(parameters: list[Tensor], s: dict[str, float]) -> optim.Optimizer:
    """Rprop: torch has its four settings in two pairs."""
    etas = (s.pop("eta_minus", 0.5), s.pop("eta_plus", 1.2))
    sizes = (s.pop("step_min", 1e-6), s.pop("step_max", 50.0))
    return optim.Rprop(parameters, etas=etas, step_sizes=sizes, foreach=False, **s)


OF_ADAM = [
    ("rosenbrock", {"lr": 0.1}),
    ("ravine", {"lr": 0.3, "beta1": 0.8, "beta2": 0.99}),
    ("himmelblau", {"lr": 0.2, "eps": 1e-3}),
    ("saddle", {"lr": 0.05, "beta1": 0.0}),
    ("branin", {"lr": 0.5, "beta1": 0.95}),
]
CASES: dict[str, tuple[Made, list[tuple[str, dict[str, float]]]]] = {
    "sgd": (
        lambda p, s: optim.SGD(p, foreach=False, **s),
        [("rosenbrock", {"lr": 0.001}), ("ravine", {"lr": 0.038}), ("saddle", {"lr": 0.1}), ("dupont", {"lr": 0.01})],
    ),
    "sgd_weight_decay": (
        lambda p, s: optim.SGD(p, foreach=False, **s),
        [("himmelblau", {"lr": 0.005, "weight_decay": 2.0}), ("branin", {"lr": 0.02, "weight_decay": 0.1})],
    ),
    "sgd_clipped": (
        lambda p, s: optim.SGD(p, foreach=False, **s),
        [("rosenbrock", {"lr": 0.01, "max_norm": 1.0}), ("himmelblau", {"lr": 0.01, "max_norm": 20.0})],
    ),
    "momentum": (
        lambda p, s: optim.SGD(p, foreach=False, **s),
        [
            ("rosenbrock", {"lr": 0.001, "momentum": 0.9}),
            ("ravine", {"lr": 0.01, "momentum": 0.9}),
            ("branin", {"lr": 0.01, "momentum": 0.5}),
            ("dupont", {"lr": 0.01, "momentum": 0.95}),
        ],
    ),
    "nesterov": (
        lambda p, s: optim.SGD(p, nesterov=True, foreach=False, **s),
        [
            ("rosenbrock", {"lr": 0.001, "momentum": 0.9}),
            ("ravine", {"lr": 0.01, "momentum": 0.8}),
            ("himmelblau", {"lr": 0.002, "momentum": 0.9}),
        ],
    ),
    "adagrad": (
        lambda p, s: optim.Adagrad(p, foreach=False, **s),
        [("rosenbrock", {"lr": 0.5}), ("ravine", {"lr": 1.0, "eps": 1e-6}), ("himmelblau", {"lr": 0.7})],
    ),
    "adadelta": (
        lambda p, s: optim.Adadelta(p, foreach=False, **s),
        [("rosenbrock", {"lr": 1.0}), ("ravine", {"lr": 5.0, "rho": 0.8, "eps": 1e-4}), ("branin", {"rho": 0.95})],
    ),
    "rmsprop": (
        lambda p, s: optim.RMSprop(p, foreach=False, **s),
        [("rosenbrock", {"lr": 0.01}), ("ravine", {"lr": 0.1, "alpha": 0.9}), ("branin", {"lr": 0.05, "eps": 1e-2})],
    ),
    "rmsprop_centered": (
        lambda p, s: optim.RMSprop(p, centered=True, foreach=False, **s),
        [("rosenbrock", {"lr": 0.002, "alpha": 0.9}), ("himmelblau", {"lr": 0.01}), ("ravine", {"lr": 0.01})],
    ),
    "adam": (lambda p, s: optim.Adam(p, betas=betas(s), foreach=False, **s), OF_ADAM),
    "amsgrad": (lambda p, s: optim.Adam(p, betas=betas(s), amsgrad=True, foreach=False, **s), OF_ADAM),
    "adamw": (
        lambda p, s: optim.AdamW(p, betas=betas(s), foreach=False, **s),
        [*OF_ADAM[:2], ("himmelblau", {"lr": 0.2, "weight_decay": 0.5})],
    ),
    "adamax": (lambda p, s: optim.Adamax(p, betas=betas(s), foreach=False, **s), OF_ADAM),
    "nadam": (
        lambda p, s: optim.NAdam(p, betas=betas(s), foreach=False, **s),
        [*OF_ADAM, ("ravine", {"lr": 0.3, "momentum_decay": 0.05})],
    ),
    "radam": (
        lambda p, s: optim.RAdam(p, betas=betas(s), foreach=False, **s),
        [
            ("rosenbrock", {"lr": 0.001}),
            ("ravine", {"lr": 0.03, "beta1": 0.8, "beta2": 0.9}),
            ("saddle", {"lr": 0.1, "eps": 1e-3}),
            ("branin", {"lr": 0.01, "beta2": 0.8}),
        ],
    ),
    "rprop": (
        rprop,
        [
            ("rosenbrock", {"lr": 0.01}),
            ("ravine", {"lr": 0.5, "eta_minus": 0.3, "eta_plus": 1.5}),
            ("himmelblau", {"lr": 0.1, "step_min": 0.01, "step_max": 0.3}),
        ],
    ),
}


def path(name: str, surface: str, settings: dict[str, float]) -> list[list[float]]:
    """The kept points of one run."""
    start, function = SURFACES[surface]
    point = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in start]
    given = dict(settings)
    limit = given.pop("max_norm", None)
    optimizer = CASES[name][0](point, given)
    kept = []
    for step in range(STEPS + 1):
        if step in KEPT:
            kept.append([value.item() for value in point])
        optimizer.zero_grad()
        function(*point).backward()
        if limit is not None:
            torch.nn.utils.clip_grad_norm_(point, limit, foreach=False)
        optimizer.step()
    return kept


SCHEDULES: list[tuple[str, dict[str, float], Callable[[optim.Optimizer], Any]]] = [
    ("constant", {}, lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
    ("step", {"gamma": 0.5, "size": 30}, lambda o: lr_scheduler.StepLR(o, 30, 0.5)),
    ("step", {"gamma": 0.1, "size": 1}, lambda o: lr_scheduler.StepLR(o, 1, 0.1)),
    ("exponential", {"gamma": 0.97}, lambda o: lr_scheduler.ExponentialLR(o, 0.97)),
    ("cosine", {"period": 100, "low": 0.1}, lambda o: lr_scheduler.CosineAnnealingLR(o, 100, eta_min=0.1)),
    ("warmup", {"rise": 40}, lambda o: lr_scheduler.LinearLR(o, start_factor=1 / 40, total_iters=39)),
    (
        "one_cycle",
        {"rise": 29, "fall": 70, "low": 0.04},
        # 100 steps: up during 0.3 of them, less the one it begins with; torch can end lower than it began, ours not.
        lambda o: lr_scheduler.OneCycleLR(
            o, 1.0, total_steps=STEPS, pct_start=0.3, div_factor=25, final_div_factor=1, cycle_momentum=False
        ),
    ),
    (
        "cyclical",
        {"half": 12, "low": 0.25},
        lambda o: lr_scheduler.CyclicLR(o, base_lr=0.25, max_lr=1.0, step_size_up=12, cycle_momentum=False),
    ),
]


def scales(made: Callable[[optim.Optimizer], Any]) -> Iterator[float]:
    """What a scheduler multiplies a rate of 1 by, step after step."""
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = made(optimizer)
    for step in range(STEPS):
        yield optimizer.param_groups[0]["lr"]
        optimizer.step()
        if step < STEPS - 1:
            scheduler.step()


def write(name: str, rows: list[dict[str, Any]]) -> None:
    """One file, one run a line."""
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    head = json.dumps({"torch": torch.__version__.split("+")[0]})[1:-1]
    (GOLDENS / f"{name}.json").write_text(f'{{{head}, "runs": [\n{lines}\n]}}\n')


def main() -> None:
    """Write every file."""
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in the default type
    GOLDENS.mkdir(exist_ok=True)
    for name, (_, runs) in CASES.items():
        rows = []
        for surface, settings in runs:
            start = SURFACES[surface][0]
            points = path(name, surface, settings)
            rows.append({"surface": surface, "start": start, "settings": settings, "steps": KEPT, "path": points})
        write(name, rows)
    write("schedules", [{"schedule": n, "settings": s, "scales": list(scales(made))} for n, s, made in SCHEDULES])


if __name__ == "__main__":
    main()
