"""The same work in torch, optax, NumPy written plainly, and C: values, gradient and memory of every step are kept."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

START = (-1.2, 1.0)
RATES = {"sgd": 0.001, "momentum": 0.001, "adam": 0.1}
HERE = Path(__file__).resolve().parent

jax.config.update("jax_enable_x64", True)
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def torch_optimizer(name: str, parameters: Any) -> torch.optim.Optimizer:
    """torch.optim's rule, as it is used."""
    rate = RATES[name]
    if name == "adam":
        return torch.optim.Adam(parameters, lr=rate)
    return torch.optim.SGD(parameters, lr=rate, momentum=0.9 if name == "momentum" else 0.0)


def torch_run(name: str, steps: int) -> list[Any]:
    """Eager torch on Rosenbrock."""
    point = torch.tensor(START, requires_grad=True)
    optimizer = torch_optimizer(name, [point])
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        x, y = point
        loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        memory = [value.clone() for value in optimizer.state[point].values() if torch.is_tensor(value)]
        rows.append((point.detach().clone(), loss.item(), point.grad.clone(), memory))  # type: ignore[union-attr]
    return rows


def rosenbrock(point: Any) -> Any:
    """For jax."""
    x, y = point
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _optax(name: str) -> tuple[Any, Callable[..., Any]]:
    rate = RATES[name]
    rule = {"sgd": optax.sgd(rate), "momentum": optax.sgd(rate, momentum=0.9), "adam": optax.adam(rate)}[name]

    def step(point: Any, state: Any) -> Any:
        loss, gradient = jax.value_and_grad(rosenbrock)(point)
        updates, state = rule.update(gradient, state)
        return optax.apply_updates(point, updates), state, loss, gradient

    return rule, step


def optax_loop(name: str) -> Callable[[int], Any]:
    """A jitted step, called in a loop."""
    rule, step = _optax(name)
    jitted = jax.jit(step)

    def run(steps: int) -> Any:
        point = jnp.array(START)
        state = rule.init(point)
        rows = []
        for _ in range(steps):
            point, state, loss, gradient = jitted(point, state)
            rows.append((point, state, loss, gradient))
        jax.block_until_ready(rows)
        return rows

    return run


def optax_scan(name: str, steps: int) -> Callable[[], Any]:
    """The whole run in lax.scan, compiled beforehand."""
    rule, step = _optax(name)

    def body(carry: Any, _: Any) -> Any:
        point, state, loss, gradient = step(*carry)
        return (point, state), (point, state, loss, gradient)

    def whole(point: Any) -> Any:
        return jax.lax.scan(body, (point, rule.init(point)), None, length=steps)[1]

    jitted = jax.jit(whole)
    return lambda: jax.block_until_ready(jitted(jnp.array(START)))


def numpy_run(name: str, steps: int) -> list[Any]:
    """NumPy written plainly: one array of two numbers."""
    p, m, v, rate, rows = np.array(START), np.zeros(2), np.zeros(2), RATES[name], []
    for t in range(1, steps + 1):
        b = p[1] - p[0] ** 2
        loss, g = (1 - p[0]) ** 2 + 100 * b**2, np.array([-2 * (1 - p[0]) - 400 * b * p[0], 200 * b])
        if name == "sgd":
            p = p - rate * g
        elif name == "momentum":
            m = 0.9 * m + g
            p = p - rate * m
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            p = p - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        rows.append((p, loss, g, m, v))
    return rows


def compiler() -> str:
    """Which gcc."""
    return subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]  # noqa: S607


class C:
    """peers.c, compiled with -O3."""

    WIDTHS: ClassVar = {"sgd": 5, "momentum": 7, "adam": 9}

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        made = Path(self.folder.name) / "peers.so"
        source = HERE / "peers.c"
        subprocess.run(["gcc", "-O3", "-shared", "-fPIC", "-o", made, source, "-lm"], check=True)  # noqa: S603, S607
        self.library = ctypes.CDLL(str(made))

    def run(self, name: str, steps: int) -> np.ndarray[Any, Any]:
        """One run; every row kept."""
        rows = np.empty((steps + 1, self.WIDTHS[name]))
        numbers = {"sgd": (), "momentum": (0.9,), "adam": (0.9, 0.999, 1e-8)}[name]
        settings = [ctypes.c_double(value) for value in (*START, RATES[name], *numbers)]
        getattr(self.library, name)(rows.ctypes.data_as(ctypes.c_void_p), ctypes.c_long(steps), *settings)
        return rows

    def many(self, starts: np.ndarray[Any, Any], steps: int) -> np.ndarray[Any, Any]:
        """Adam on many runs at once; the end of each."""
        n = starts.shape[1]
        state = np.zeros((9, n))
        state[:2] = starts
        settings = [ctypes.c_double(value) for value in (RATES["adam"], 0.9, 0.999, 1e-8)]
        columns = [row.ctypes.data_as(ctypes.c_void_p) for row in state]
        self.library.adam_many(ctypes.c_size_t(n), ctypes.c_long(steps), *settings, *columns)
        return state


def torch_model(build: Callable[[], Any], loss: Any, inputs: Any, targets: Any, steps: int, rate: float) -> list[Any]:
    """A torch.nn model under SGD on the full batch; loss, parameters and gradients of every step kept."""
    model = build()
    x, y = torch.as_tensor(inputs), torch.as_tensor(targets)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    rows = []
    for _ in range(steps):
        optimizer.zero_grad()
        value = loss(model(x), y)
        value.backward()
        points = [p.detach().clone() for p in model.parameters()]
        rows.append((value.item(), points, [p.grad.clone() for p in model.parameters()]))
        optimizer.step()
    return rows
