"""One sigmoid neuron with one input: a = sigmoid(z), z = w*input + b, under two losses.

mse: (a - y)**2/2. ce: -(y log a + (1 - y) log(1 - a)) = softplus(z) - y*z, which never takes the log of 0.
It is a formula in w and b like any other, so its gradients are derived, not written.
"""

from __future__ import annotations

from typing import Literal

from core.errors import FieldError
from core.formula import parse
from core.formula.emit import literal
from core.problems.problem import FormulaProblem
from core.settings import Setting

INPUT = Setting("input", 1.0, -100, 100)
TARGET = Setting("target", 0.0, 0, 1)
LOSSES = ("mse", "ce")
PARAMETERS = ("w", "b")


def neuron(
    loss: Literal["mse", "ce"] | str = "mse",
    input: float = 1.0,  # the field's own word
    target: float = 0.0,
) -> FormulaProblem:
    """The neuron's loss over (w, b); it observes `output` a and `slope` a(1 - a) = sigmoid'(z).

    >>> neuron("mse").formula.text
    '(sigmoid(w*1.0 + b) - 0.0)**2/2'
    >>> neuron("ce", input=2, target=0.2).formula.text
    'softplus(w*2.0 + b) - 0.2*(w*2.0 + b)'
    """
    if loss not in LOSSES:
        raise FieldError("loss", f"must be mse or ce, not {loss!r}.", code="unknown", known=list(LOSSES))
    x, y = literal(INPUT.check(input)), literal(TARGET.check(target))
    z = f"w*{x} + b"
    text = f"(sigmoid({z}) - {y})**2/2" if loss == "mse" else f"softplus({z}) - {y}*({z})"
    output = f"sigmoid({z})"
    return FormulaProblem(
        kind="neuron",
        fields={"loss": loss, "input": float(input), "target": float(target)},
        formula=parse(text, PARAMETERS),
        start=(2.0, 2.0),
        window=((-3.2, 3.2), (-3.2, 3.2)),
        observed={"output": parse(output, PARAMETERS), "slope": parse(f"{output}*(1 - {output})", PARAMETERS)},
    )
