"""The spec: everything that a run is, as one strict model for link, body, message and saved state.

What is checked here is shape: names of fields, types, finite numbers. What a name or a number means is
checked by the engine's registries when the spec is completed (`app.runs`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

STEPS = 500
MOST_STEPS = 10_000
MOST_RUNS = 12
MOST_PARAMETERS = 10_000
MOST_POINTS = 2_000


class Strict(BaseModel):
    """Unknown fields are refused, "0.1" is not a number, NaN is nowhere."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


@dataclass(frozen=True)
class Within:
    """Bounds that are both named when one is passed."""

    low: float
    high: float

    def check(self, value: float) -> float:
        if not self.low <= value <= self.high:
            raise PydanticCustomError(
                "out_of_range",
                "must be from {low} to {high}, not {value}.",
                {"low": self.low, "high": self.high, "value": value},
            )
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {**handler(schema), "minimum": self.low, "maximum": self.high}


def label(value: object) -> object:
    """A label is a class or a number, or for one_vs_rest a list of classes."""
    entries = value if isinstance(value, list) else [value]
    if any(isinstance(entry, bool) or not isinstance(entry, (int, float)) for entry in entries):
        raise PydanticCustomError("label", "must be a class, a number, or a list of classes.")
    return value


def biased(value: object) -> object:
    """Biases are trained, absent, or held as started."""
    if not isinstance(value, bool) and value != "fixed":
        raise PydanticCustomError("bias", 'must be true, false or "fixed".')
    return value


Name = Annotated[str, Field(min_length=1, max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Values = dict[Name, float]
Numbers = Annotated[list[float], Field(min_length=1, max_length=MOST_PARAMETERS)]
Steps = Annotated[int, Within(1, MOST_STEPS)]
Seed = Annotated[int, Within(0, 2**32 - 1)]
Loss = Literal["mse", "ce"]
Number = {"type": "number"}
Label = Annotated[
    Any, BeforeValidator(label), WithJsonSchema({"anyOf": [Number, {"type": "array", "items": Number, "maxItems": 20}]})
]
Held = Annotated[Any, WithJsonSchema({"anyOf": [Number, {"type": "array", "items": {"type": "integer"}}]})]
Bias = Annotated[Any, BeforeValidator(biased), WithJsonSchema({"enum": [True, False, "fixed"]})]
Noise = Annotated[float, Within(0, 1e6)]
Decay = Annotated[float, Within(0, 1000)]


def ordered(value: list[list[float]]) -> list[list[float]]:
    """A window's sides run from low to high and are not empty."""
    for side in value:
        if len(side) != 2 or not side[0] < side[1]:
            raise PydanticCustomError("window", "must have [low, high] for each variable, with low below high.")
    return value


Window = Annotated[list[list[float]], Field(min_length=1, max_length=2), AfterValidator(ordered)]


class Surface(Strict):
    """A function of the registry."""

    kind: Literal["surface"]
    name: Name
    settings: Values = {}
    noise: Noise = 0.0


class Formula(Strict):
    """A typed function of x, or of x and y."""

    kind: Literal["formula"]
    formula: Text
    window: Window | None = None
    noise: Noise = 0.0


class Neuron(Strict):
    """One sigmoid neuron, trained on one point."""

    kind: Literal["neuron"]
    loss: Loss
    input: float = 1.0
    target: float = 0.0


class Dataset(Strict):
    """A seeded dataset by name with its settings, or a user's own points."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False, frozen=True)
    __pydantic_extra__: dict[str, float]

    name: Name | None = None
    points: Annotated[list[Annotated[list[float], Field(max_length=50)]], Field(max_length=MOST_POINTS)] | None = None
    labels: Annotated[list[Label], Field(max_length=MOST_POINTS)] | None = None
    features: Annotated[list[Text], Field(min_length=1, max_length=20)] | None = None
    held_out: Held | None = None  # a share, or the places of points


class Fitted(Strict):
    """What every model on data has."""

    dataset: Dataset
    loss: Loss = "ce"
    weight_decay: Decay = 0.0


class Linear(Fitted):
    """Linear regression."""

    kind: Literal["linear"]
    loss: Loss = "mse"
    bias: bool = True


class Logistic(Fitted):
    """Logistic regression."""

    kind: Literal["logistic"]
    bias: bool = True


class Softmax(Fitted):
    """Softmax regression."""

    kind: Literal["softmax"]
    bias: bool = True


class OneVsRest(Fitted):
    """A binary classifier for each class."""

    kind: Literal["one_vs_rest"]
    bias: bool = True


class Network(Fitted):
    """A fully connected network."""

    kind: Literal["network"]
    hidden: Annotated[list[Annotated[int, Within(1, 100)]], Field(max_length=12)] = []
    activation: Literal["sigmoid", "tanh", "relu", "linear"] = "sigmoid"
    output: Literal["linear", "sigmoid", "softmax"] = "sigmoid"
    loss: Loss = "mse"
    init: Name | None = None
    scale: Annotated[float, Within(0, 100)] = 1.0
    bias: Bias = True


Problem = Annotated[
    Surface | Formula | Neuron | Linear | Logistic | Softmax | OneVsRest | Network, Field(discriminator="kind")
]
PROBLEMS: dict[str, type[Strict]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(get_args(Problem)[0])
}


class Schedule(Strict):
    """A learning-rate schedule and its settings."""

    name: Name
    settings: Values = {}


class Batch(Strict):
    """Which points each update sees."""

    mode: Literal["full", "mini", "stochastic"]
    size: Annotated[int, Within(1, MOST_POINTS)] | None = None
    with_replacement: bool = False


class Run(Strict):
    """One run; what it does not say it takes from the spec."""

    optimizer: Name | None = None
    rule: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    settings: Values = {}
    schedule: Schedule | None = None
    problem: Problem | None = None
    start: Numbers | None = None
    steps: Steps | None = None
    seed: Seed | None = None
    batch: Batch | None = None
    detail: bool = False
    columns: Annotated[list[Name], Field(min_length=1, max_length=MOST_PARAMETERS)] | None = None


class Change(Strict):
    """Other settings for one run, from the step after `after`."""

    run: Annotated[int, Within(0, MOST_RUNS - 1)]
    after: Annotated[int, Within(0, MOST_STEPS)]
    settings: Values


class Spec(Strict):
    """Runs from a start on a problem: the whole of what is asked for."""

    problem: Problem | None = None
    start: Numbers | None = None
    steps: Steps = STEPS
    seed: Seed = 0
    batch: Batch | None = None
    runs: Annotated[list[Run], Field(min_length=1, max_length=MOST_RUNS)]
    changes: Annotated[list[Change], Field(max_length=200)] = []

    def body(self) -> dict[str, Any]:
        """The spec as JSON values, without what is not there."""
        return self.model_dump(mode="json", exclude_none=True)

    def effective(self) -> Iterator[Run]:
        """Each run with what it takes from the spec filled in."""
        for run in self.runs:
            shared = {
                name: getattr(self, name)
                for name in ("problem", "start", "steps", "seed", "batch")
                if getattr(run, name) is None
            }
            yield run.model_copy(update=shared)
