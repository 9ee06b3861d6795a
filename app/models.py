"""What a model on data is made of: its points, features and layers, for pages that draw what it says of any point."""

from typing import Any

from fastapi import APIRouter, Depends, Response

from app import examples
from app.api import JSON, Say, made_problem, only, only_json
from app.problems import Fault, InvalidError, encode
from app.spec import Problem
from core.formula import parse
from core.problems.model import DataModel


def router() -> APIRouter:
    """The call that describes a model."""
    routes = APIRouter()

    @routes.post("/models", dependencies=[Depends(only_json), Depends(only())], responses=examples.POSTED)
    def models(problem: Problem, say: Say) -> Response:
        """A model's points, features, layers and parameters: enough to say what it makes of any point."""
        made = made_problem(problem)
        if not isinstance(made.engine, DataModel):
            message = "must be a model on data: linear, logistic, softmax, one_vs_rest or network."
            raise InvalidError([Fault("kind", message, "not_a_model")])
        body = {"problem": made.problem.model_dump(mode="json", exclude_none=True), **description(made.engine)}
        body["class_names"] = [say(name) for name in made.engine.data.class_names]
        return Response(encode(body), media_type=JSON)

    return routes


def description(model: DataModel) -> dict[str, Any]:
    """A model as JSON values."""
    data, layers = model.data, model.layers
    inputs = data.formulas or tuple(parse(name, data.features) for name in data.features)
    return {
        "parameters": model.parameters,
        "layers": {
            "sizes": layers.sizes,
            "activation": layers.activation,
            "output": layers.output,
            "bias": bool(layers.bias),
        },
        "classes": model.classes,
        "sets": data.kind == "sets",
        "points": data.points.tolist(),
        "labels": data.labels,
        "held": {"points": data.held_points.tolist(), "labels": data.held_labels},
        "features": [
            {"text": name, "mathml": formula.mathml(), "program": formula.program()}
            for name, formula in zip(data.features, inputs, strict=True)
        ],
        "shift": data.shift.tolist(),
        "scale": data.scale.tolist(),
        "window": data.window,
        "notes": [{"code": note.code, "message": note.message, "values": dict(note.values)} for note in data.notes],
    }
