"""One step of a run, every named value with its formula and its number."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from app import examples
from app.api import JSON, Say, only, only_json
from app.problems import Fault, InvalidError, encode, fault
from app.runs import prepare
from app.spec import MOST_RUNS, MOST_STEPS, Spec, Strict, Within
from app.translation import Say as Translate
from core.errors import FieldError
from core.explaining import Statement, explain
from core.formula.notation import Layout, latex, mathml
from core.optimizers import OPTIMIZERS


class Question(Strict):
    """How did that row come about?"""

    spec: Spec
    run: Annotated[int, Within(0, MOST_RUNS - 1)] = 0
    step: Annotated[int, Within(1, MOST_STEPS)]


def router() -> APIRouter:
    """The call that explains."""
    routes = APIRouter()

    @routes.post(
        "/explanations",
        dependencies=[Depends(only_json), Depends(only())],
        responses=examples.EXPLANATION,
        openapi_extra=examples.EXPLANATION_BODY,
    )
    def post_explanation(question: Question, say: Say) -> Response:
        """Every named value of one step: the formula, the same with its numbers, and what came out."""
        return Response(encode(answer(question, say)), media_type=JSON)

    return routes


def answer(question: Question, say: Translate) -> dict[str, Any]:
    """The explanation, or what is wrong with the question."""
    spec = question.spec
    if question.run >= len(spec.runs):
        message = f"must be from 0 to {len(spec.runs) - 1}, the number of a run."
        raise InvalidError([Fault("run", message, "out_of_range", {"low": 0, "high": len(spec.runs) - 1})])
    runs = list(spec.runs)
    runs[question.run] = runs[question.run].model_copy(update={"detail": True, "columns": None})
    prepared = prepare(spec.model_copy(update={"runs": runs}))
    try:
        found = explain(prepared.walks[question.run], question.step)
    except FieldError as error:
        raise InvalidError([fault(error)]) from None
    optimizer = spec.runs[question.run].optimizer
    words = OPTIMIZERS[optimizer].words if optimizer else {}
    return {
        "run": question.run,
        "step": found.step,
        "before": found.before,
        "after": found.after,
        "settings": found.settings,
        "gradient": [statement(entry, words, say) for entry in found.gradient],
        "lines": [statement(entry, words, say) for entry in found.lines],
    }


def statement(entry: Statement, words: Mapping[str, str], say: Translate) -> dict[str, Any]:
    """One line, as mathematics and as numbers, for each parameter."""
    return {
        "name": entry.name,
        "word": say(words[entry.name]) if entry.name in words else "",
        "text": entry.text,
        **written(entry.formula),
        "numbers": {name: written(layout) for name, layout in entry.numbers.items()},
        "values": entry.values,
    }


def written(layout: Layout) -> dict[str, str]:
    """The same for browsers and for papers."""
    return {"mathml": mathml(layout), "latex": latex(layout)}
