"""One step of a run, every named value with its formula and its number."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from app import examples, trajectories
from app.api import JSON, Say, only, only_json
from app.problems import Fault, InvalidError, encode, fault
from app.runs import prepare
from app.settings import Settings
from app.spec import MOST_RUNS, MOST_STEPS, Spec, Strict, Within
from app.translation import Say as Translate
from app.turns import Beside
from core.errors import FieldError
from core.explaining import Statement, explain
from core.formula.notation import Layout, latex, mathml
from core.optimizers import OPTIMIZERS
from core.running import Run as Walk

MOST_PARAMETERS = 100  # each has its own numbers in every line


class Question(Strict):
    """How did that row come about?"""

    spec: Spec
    run: Annotated[int, Within(0, MOST_RUNS - 1)] = 0
    step: Annotated[int, Within(1, MOST_STEPS)]


def router(settings: Settings, beside: Beside) -> APIRouter:
    """The call that explains."""
    routes = APIRouter()

    @routes.post(
        "/explanations",
        dependencies=[Depends(only_json), Depends(only())],
        responses=examples.EXPLANATION,
        openapi_extra=examples.EXPLANATION_BODY,
    )
    async def post_explanation(question: Question, say: Say) -> Response:
        """Every named value of one step: the formula, the same with its numbers, and what came out."""
        body = await beside(lambda: encode(answer(question, say, settings)))
        return Response(body, media_type=JSON)

    return routes


def answer(question: Question, say: Translate, settings: Settings) -> dict[str, Any]:
    """The explanation, or what is wrong with the question."""
    spec = question.spec
    if question.run >= len(spec.runs):
        message = f"must be from 0 to {len(spec.runs) - 1}, the number of a run."
        raise InvalidError([Fault("run", message, "out_of_range", {"low": 0, "high": len(spec.runs) - 1})])
    runs = list(spec.runs)
    runs[question.run] = runs[question.run].model_copy(update={"detail": True, "columns": None})
    prepared = prepare(spec.model_copy(update={"runs": runs}))
    walk = prepared.walks[question.run]
    check(walk, question.step * prepared.step_cost(walk), settings)
    try:
        found = explain(walk, question.step)
    except FieldError as error:
        raise InvalidError([fault(error)]) from None
    optimizer = spec.runs[question.run].optimizer
    words = OPTIMIZERS[optimizer].words if optimizer else {}
    return {
        "run": question.run,
        "step": found.step,
        "before": found.before,
        "after": found.after,
        "coasting": found.coasting,
        "settings": found.settings,
        "gradient": [statement(entry, words, say) for entry in found.gradient],
        "lines": [statement(entry, words, say) for entry in found.lines],
    }


def check(walk: Walk, work: float, settings: Settings) -> None:
    """Refuse what is too much to make, or to read, before any work."""
    parameters = len(walk.problem.parameters)
    if parameters > MOST_PARAMETERS:
        message = f"trains {parameters} parameters; a step of at most {MOST_PARAMETERS} is explained."
        raise InvalidError([Fault("run", message, "too_large", {"cost": parameters, "cap": MOST_PARAMETERS})])
    trajectories.check_work(work, settings)


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
