"""Backpropagation written out: published numbers, central differences, and every line's numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from core.backpropagation import Backpropagation, Node, backpropagate
from core.errors import FieldError
from core.formula import notation
from core.problems import make_problem
from core.problems.network import network
from core.problems.softmax import softmax
from core.surfaces import SURFACES

MAZUR = {"points": [[0.05, 0.10]], "labels": [[0.01, 0.99]]}
WEIGHTS = [0.15, 0.20, 0.25, 0.30, 0.35, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.60]
TEXTS = {"points": [[0.5, -0.3]], "labels": [[0, 1, 0]]}


def by_hand() -> Backpropagation:
    made = network(MAZUR, hidden=[2], activation="sigmoid", output="sigmoid", loss="mse", bias="fixed")
    return backpropagate(made, WEIGHTS)


def node(found: Backpropagation, name: str) -> Node:
    return next(node for node in found.nodes if node.name == name)


def test_mazur_s_network_by_hand() -> None:
    found = by_hand()
    assert [node(found, name).value for name in ("a_3", "a_4")] == pytest.approx([0.75136507, 0.77292847], rel=1e-8)
    assert found.value == pytest.approx(0.2983711088, rel=1e-9)
    assert node(found, "z_1").value == pytest.approx(0.3775)
    # dE/dw5 of the post, which is w_31 here, and its factors
    assert node(found, "a_3").adjoint == pytest.approx(0.74136507, rel=1e-8)
    assert node(found, "z_3").adjoint == pytest.approx(0.138498562, rel=1e-8)
    assert node(found, "w_31").adjoint == pytest.approx(0.082167041, rel=1e-8)
    assert node(found, "w_11").adjoint == pytest.approx(0.000438568, rel=1e-6)
    after = [w - 0.5 * g for w, g in zip(WEIGHTS, found.adjoints().values(), strict=True)]
    assert after[:4] == pytest.approx([0.14978072, 0.19956143, 0.24975114, 0.29950229], rel=1e-7)
    assert after[6:10] == pytest.approx([0.35891648, 0.40866619, 0.51130127, 0.56137012], rel=1e-7)


def test_the_lines_say_it_with_symbols_and_with_numbers() -> None:
    found = by_hand()
    (line,) = node(found, "w_31").backward
    assert notation.latex(line.formula) == r"\frac{\partial C}{\partial z_{3}} \, o_{1}"
    assert notation.latex(line.numbers) == r"0.138499 \times 0.59327"
    (line,) = node(found, "o_1").backward
    assert notation.latex(line.numbers) == r"0.138499 \times 0.4 + \left(- 0.0380982\right) \times 0.5"


def test_softmax_and_cross_entropy_collapse_to_a_minus_y() -> None:
    found = backpropagate(network(TEXTS, hidden=[3], activation="sigmoid", output="softmax", loss="ce"))
    assert notation.latex(node(found, "z_4").forward[0].formula).startswith(r"w_{41} \, o_{1} + w_{42} \, o_{2}")
    for name, target in (("4", 0), ("5", 1), ("6", 0)):
        chain, natural = node(found, f"z_{name}").backward
        assert chain.value == natural.value == pytest.approx(node(found, f"a_{name}").value - target)
    assert found.value == pytest.approx(-np.log(node(found, "a_5").value))


@pytest.mark.parametrize("bias", [True, False, "fixed"])
@pytest.mark.parametrize(
    ("activation", "output", "loss"),
    [("sigmoid", "sigmoid", "ce"), ("tanh", "softmax", "ce"), ("relu", "linear", "mse"), ("linear", "softmax", "mse")],
)
def test_networks_agree_with_central_differences(activation: str, output: str, loss: str, bias: object) -> None:
    made = network(TEXTS, hidden=[3, 2], activation=activation, output=output, loss=loss, bias=bias)  # type: ignore[arg-type]
    found = backpropagate(made, np.linspace(-0.7, 0.9, len(made.parameters)).tolist())
    measured = [node for node in found.nodes if node.role == "parameter"]
    assert len(measured) == len(made.parameters)
    for parameter in measured:
        assert parameter.held == (bias == "fixed" and parameter.name.startswith("b"))
        if not parameter.held:
            assert parameter.adjoint == pytest.approx(parameter.difference, rel=1e-6, abs=1e-9)


def test_edges_carry_the_adjoints() -> None:
    """Every adjoint is the sum over its uses of the use's adjoint times the edge's derivative."""
    problems = [(make_problem("surface", name="rosenbrock"), [-1.2, 1.0])]
    for problem, at in problems:
        check_edges(backpropagate(problem, at))
    check_edges(by_hand())


def check_edges(found: Backpropagation) -> None:
    sums = np.zeros(len(found.nodes))
    sums[-1] = 1
    for place in reversed(range(len(found.nodes))):
        for edge in found.nodes[place].arguments:
            sums[edge.node] += sums[place] * edge.local
    for place, each in enumerate(found.nodes):
        if each.role not in ("number", "target"):
            assert sums[place] == pytest.approx(each.adjoint, rel=1e-12), each.name


@pytest.mark.parametrize("name", sorted(SURFACES))
def test_surfaces_agree_with_the_gradient_and_with_differences(name: str) -> None:
    problem = make_problem("surface", name=name)
    at = problem.default_start()
    found = backpropagate(problem)
    value, *gradient = problem.formula.value_and_gradient(*at)  # type: ignore[union-attr]
    assert found.value == pytest.approx(value, rel=1e-12)
    assert list(found.adjoints().values()) == pytest.approx(gradient, rel=1e-9, abs=1e-12)
    for each in found.nodes:
        if each.role == "parameter":
            assert each.adjoint == pytest.approx(each.difference, rel=1e-5, abs=1e-6 * (1 + abs(value)))


@given(st.floats(-3, 3), st.floats(-3, 3))
@limits(max_examples=50, deadline=None)
def test_a_number_used_twice_gets_both_parts(x: float, y: float) -> None:
    found = backpropagate(make_problem("formula", formula="x*y + sin(x)"), [x, y])
    assert found.adjoints() == pytest.approx({"x": y + np.cos(x), "y": x})


def test_one_layer_models_are_networks_without_hidden_layers() -> None:
    found = backpropagate(softmax({"points": [[0.5, -1.2], [-0.3, 1.1], [0.8, -0.6]], "labels": [0, 1, 2]}), row=2)
    assert found.kind == "network"
    assert node(found, "z_3").adjoint == pytest.approx(1 / 3 - 1)


def test_what_cannot_be_written_out_is_refused() -> None:
    with pytest.raises(FieldError, match="at: needs 2 numbers"):
        backpropagate(make_problem("surface", name="rosenbrock"), [1])
    with pytest.raises(FieldError, match="no finite value"):
        backpropagate(make_problem("formula", formula="log(x)"), [-1])
    with pytest.raises(FieldError, match="row"):
        backpropagate(network(TEXTS, hidden=[2], output="softmax"), row=1)
    with pytest.raises(FieldError, match="at most 150"):
        backpropagate(network(hidden=[20, 20]))
