"""One forward and one backward pass as JSON: every number, and as mathematics how it is made."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from app import examples
from app.api import JSON, only, only_json
from app.problems import InvalidError, encode, fault
from app.runs import make_problem
from app.spec import MOST_POINTS, Numbers, Problem, Strict
from core.backpropagation import Backpropagation, Line, Node, backpropagate
from core.errors import FieldError
from core.formula.notation import mathml


class Pass(Strict):
    """Of which problem, at which parameters (by default its own start), and of a model's data at which point."""

    problem: Problem
    at: Numbers | None = None
    row: Annotated[int, Field(ge=0, lt=MOST_POINTS, description="the point of the data, from 0")] = 0


def router() -> APIRouter:
    """The call that writes a pass out."""
    routes = APIRouter()

    @routes.post("/backpropagations", dependencies=[Depends(only_json), Depends(only())], responses=examples.POSTED)
    def post_backpropagation(asked: Pass) -> Response:
        """A forward and a backward pass written out: every value, every adjoint, and the formula of each."""
        return Response(encode(answer(asked)), media_type=JSON)

    return routes


def answer(asked: Pass) -> dict[str, Any]:
    """The pass, or what is wrong with what was asked."""
    try:
        made = make_problem(asked.problem)
    except FieldError as error:
        raise InvalidError([fault(error, "problem")]) from None
    try:
        found = backpropagate(made.engine, asked.at, asked.row)
    except FieldError as error:
        raise InvalidError([fault(error)]) from None
    return {"problem": made.problem.model_dump(mode="json", exclude_none=True), **body(found)}


def body(found: Backpropagation) -> dict[str, Any]:
    """A pass as JSON values; a number that is not finite becomes null."""
    return {
        "kind": found.kind,
        "at": list(found.at),
        "value": found.value,
        "gradient": found.adjoints(),
        "nodes": [_node(node) for node in found.nodes],
    }


def _node(node: Node) -> dict[str, Any]:
    return {
        "name": node.name,
        "role": node.role,
        "operation": node.operation,
        "layer": node.layer,
        "unit": node.unit,
        "symbol": mathml(node.symbol),
        "value": node.value,
        "adjoint": node.adjoint,
        "difference": node.difference,
        "held": node.held,
        "arguments": [{"node": edge.node, "local": edge.local} for edge in node.arguments],
        "forward": [_line(line) for line in node.forward],
        "backward": [_line(line) for line in node.backward],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "symbol": mathml(line.symbol),
        "formula": mathml(line.formula),
        "numbers": mathml(line.numbers),
        "value": line.value,
    }
