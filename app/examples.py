"""What the OpenAPI document shows of each call: examples that a test sends, and the errors that all share."""

from typing import Any

SPEC: dict[str, Any] = {
    "problem": {"kind": "surface", "name": "rosenbrock"},
    "start": [-1.5, 2.0],
    "steps": 500,
    "runs": [
        {"optimizer": "adam", "settings": {"lr": 0.1}},
        {"optimizer": "momentum", "settings": {"lr": 0.001, "momentum": 0.9}},
        {"rule": "x = x - lr*g", "settings": {"lr": 0.001}},
    ],
}
NEURONS: dict[str, Any] = {
    "start": [2, 2],
    "steps": 300,
    "runs": [
        {"optimizer": "sgd", "settings": {"lr": 0.15}, "problem": {"kind": "neuron", "loss": loss}}
        for loss in ("mse", "ce")
    ],
}
CHANGED: dict[str, Any] = {
    "problem": {"kind": "formula", "formula": "x**2 + 10*y**2", "noise": 0.1},
    "start": [3, 1],
    "seed": 7,
    "runs": [{"optimizer": "sgd", "settings": {"lr": 0.05}, "schedule": {"name": "cosine"}, "detail": True}],
    "changes": [{"run": 0, "after": 120, "settings": {"lr": 0.02}}],
}
PROBLEMS: dict[str, dict[str, Any]] = {
    "formula": {"kind": "formula", "formula": "sin(3x) + y^2", "window": [[-2, 2], [-1, 1]]},
    "surface": {"kind": "surface", "name": "quadratic", "settings": {"condition": 50}},
    "neuron": {"kind": "neuron", "loss": "ce", "input": 1, "target": 0},
}

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message", "code", "values"],
                "properties": {
                    "field": {"type": "string", "examples": ["runs[0].settings.lr"]},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                    "values": {"type": "object"},
                },
            },
        },
    },
}


def refused(description: str) -> dict[str, Any]:
    """A refusal in the document."""
    return {"description": description, "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}}}


Responses = dict[int | str, dict[str, Any]]
REFUSED: Responses = {
    413: refused("The body is too large."),
    414: refused("The query is too long."),
    422: refused("A field that cannot be used: which, why, and what would do."),
}
POSTED: Responses = {
    400: refused("The body is not JSON."),
    415: refused("The body does not say it is JSON."),
}
BUSY: Responses = {503: refused("Others are at work.")}
HELD: Responses = {304: {"description": "The caller has it already."}}


def json_of(description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An answer in the document."""
    return {"description": description, "content": {"application/json": {"schema": schema}, **more}}


OBJECT = {"type": "object"}
NUMBER = {"type": ["number", "null"]}
COLUMNS = {"type": "object", "additionalProperties": {"type": "array", "items": NUMBER}}
RUNS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["optimizer", "settings", "status", "columns"],
        "properties": {
            "optimizer": {"type": ["string", "null"]},
            "settings": {"type": "object", "additionalProperties": {"type": "number"}},
            "status": {"type": "object", "required": ["state", "step", "code", "values", "message"]},
            "columns": COLUMNS,
        },
    },
}
ANSWER = {
    "type": "object",
    "required": ["spec", "link", "runs"],
    "properties": {"spec": OBJECT, "link": {"type": ["string", "null"]}, "runs": RUNS},
}
TEXT = {"schema": {"type": "string"}}
MADE: Responses = {
    200: json_of(
        "The complete spec, its link, and the columns of each run",
        ANSWER,
        **{
            "text/csv": TEXT,
            "application/x-ndjson": TEXT,
            "application/x-npz": {"schema": {"type": "string", "format": "binary"}},
        },
    ),
    406: refused("None of the forms that the caller takes."),
}
TRAJECTORIES: Responses = {**MADE, **HELD, **BUSY}
POSTED_TRAJECTORIES: Responses = {**MADE, **POSTED, **BUSY}
CATALOG: Responses = {
    200: json_of(
        "Every registry",
        {
            "type": "object",
            "required": ["surfaces", "optimizers", "schedules", "datasets", "losses", "problems"],
            "additionalProperties": {"type": "array", "items": OBJECT},
        },
    ),
    **HELD,
}
GRID: Responses = {
    200: json_of(
        "The grid and what is known about the function",
        {
            "type": "object",
            "required": [
                "problem",
                "formula",
                "variables",
                "window",
                "x",
                "z",
                "levels",
                "height",
                "minimum",
                "program",
            ],
        },
    ),
}
SURFACE: Responses = {**GRID, **HELD, 404: refused("There is no such surface.")}
POSTED_SURFACE: Responses = {**GRID, **POSTED}


def named(values: dict[str, Any]) -> dict[str, Any]:
    """Examples by name, as OpenAPI writes them."""
    return {name: {"value": value} for name, value in values.items()}


def body(values: dict[str, Any]) -> dict[str, Any]:
    """Examples of a request's body."""
    return {"requestBody": {"content": {"application/json": {"examples": named(values)}}}}


LINES = {"application/x-ndjson": {"schema": {"type": "string"}}}
SWEEP: Responses = {
    **POSTED,
    200: {"description": "Lines of progress, then the curve or the map", "content": LINES},
    **BUSY,
}
SWEEP_BODY = body(
    {
        "steps to a loss over the rate": {
            "spec": {**SPEC, "steps": 200, "runs": [{"optimizer": "momentum"}]},
            "over": {"lr": {"low": 1e-4, "high": 1e-2, "count": 30, "scale": "log"}},
            "goal": {"loss": 0.01},
        },
        "basins": {
            "spec": {"problem": {"kind": "surface", "name": "himmelblau"}, "runs": [{"optimizer": "sgd"}]},
            "over": {"x": {"low": -5, "high": 5, "count": 20}, "y": {"low": -5, "high": 5, "count": 20}},
        },
    }
)
TRAINED: dict[str, Any] = {
    "problem": {"kind": "network", "dataset": {"name": "moons"}, "hidden": [4], "activation": "tanh"},
    "steps": 100,
    "runs": [{"optimizer": "sgd", "settings": {"lr": 0.5}}],
}
SLICE: Responses = {
    **POSTED,
    200: json_of(
        "The plane, the loss on it, and the path above it",
        {
            "type": "object",
            "required": ["run", "parameters", "centre", "directions", "shares", "x", "y", "loss", "path"],
        },
    ),
    **BUSY,
}
SLICE_BODY = body(
    {
        "along the path": {"spec": TRAINED},
        "random directions": {"spec": TRAINED, "directions": "seeded", "seed": 7, "resolution": 21},
    }
)
EXPLANATION: Responses = {
    **POSTED,
    200: json_of("The step, line by line", {"type": "object", "required": ["step", "before", "after", "lines"]}),
    **BUSY,
}
EXPLANATION_BODY = body({"the second step of Adam": {"spec": SPEC, "run": 0, "step": 2}})
THEORY: Responses = {
    200: json_of("Curvature, stable rates, predicted and measured rate", {"type": "object", "required": ["runs"]}),
    **HELD,
    **BUSY,
}
FIGURE: Responses = {
    200: json_of(
        "A figure that plotly.io.from_json reads",
        {"type": "object", "required": ["data", "layout"]},
        **{"text/html": {"schema": {"type": "string"}}},
    ),
    **HELD,
    **BUSY,
}
SPEC_BODY = body({"three rules": SPEC, "two losses": NEURONS, "noise, schedule and a change": CHANGED})
PROBLEM_BODY = body(PROBLEMS)

LINK: dict[str, tuple[str, str, Any]] = {
    "surface": ("a surface of the registry, with its settings", "string", "rosenbrock"),
    "formula": ("a function of x, or of x and y", "string", None),
    "neuron": ("a neuron's loss, with its input and target", "string", None),
    "window": ("what is drawn: x0,x1,y0,y1", "string", None),
    "noise": ("standard deviation of the noise on each gradient component", "number", None),
    "start": ("one number for each parameter", "string", "-1.5,2"),
    "steps": ("how many steps", "integer", 100),
    "seed": ("of everything random", "integer", None),
    "batch": ("which points each update sees: full, mini(size=64), stochastic", "string", None),
    "run": ("a run, as often as there are runs", "array", ["adam(lr=0.1)", "momentum(lr=0.001)"]),
    "change": ("other settings from a step on", "array", ["0@120(lr=0.02)"]),
    "spec": ("instead of all these: a packed spec", "string", None),
    "lang": ("ignored here", "string", None),
    "resolution": ("ignored here", "integer", None),
    "run_shown": ("ignored here", "integer", None),
}


def _parameter(name: str, description: str, kind: str, example: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind, **({"items": {"type": "string"}} if kind == "array" else {})}
    shown = {} if example is None else {"example": example}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema, **shown}


LINK_QUERY = {"parameters": [_parameter(name, *said) for name, said in LINK.items()]}
