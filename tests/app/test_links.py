"""A link says the same spec, shorter."""

import base64
import random
import zlib
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import settings as limits

from app import links
from app.problems import InvalidError
from app.runs import prepare
from app.spec import Spec
from tests.app.specs import ROSENBROCK, specs

READABLE = [
    (
        ROSENBROCK,
        "/?surface=rosenbrock&steps=40&run=sgd(lr=0.001)&run=momentum(lr=0.001)&run=adam",
    ),
    (
        {
            "problem": {"kind": "formula", "formula": "x**2 + y**2"},
            "start": [-1.5, 2],
            "runs": [{"optimizer": "adam"}],
            "changes": [{"run": 0, "after": 120, "settings": {"lr": 0.02}}],
        },
        "/?formula=x**2%20%2B%20y**2&start=-1.5,2&run=adam&change=0@120(lr=0.02)",
    ),
    (
        {
            "start": [0.6, 0.9],
            "steps": 300,
            "runs": [
                {"optimizer": "sgd", "settings": {"lr": 0.15}, "problem": {"kind": "neuron", "loss": loss}}
                for loss in ("mse", "ce")
            ],
        },
        "/losses?start=0.6,0.9&steps=300&run=sgd(lr=0.15);neuron=mse&run=sgd(lr=0.15);neuron=ce",
    ),
    (
        {
            "problem": {"kind": "surface", "name": "quadratic", "settings": {"condition": 50}, "noise": 0.1},
            "runs": [{"optimizer": "sgd", "schedule": {"name": "cosine", "settings": {"low": 0.1}}, "steps": 9}],
        },
        "/?surface=quadratic(condition=50)&noise=0.1&run=sgd;steps=9;schedule=cosine(low=0.1)",
    ),
]


def complete(body: dict[str, Any]) -> Spec:
    return prepare(Spec.model_validate(body)).spec


def read_back(link: str) -> Spec:
    reading = links.read(parse_qsl(link.partition("?")[2], keep_blank_values=True))
    assert not reading.ignored
    return prepare(links.check(reading.body)).spec


@pytest.mark.parametrize(("body", "link"), READABLE)
def test_a_link_is_readable(body: dict[str, Any], link: str) -> None:
    assert links.write(complete(body)) == link
    assert read_back(link) == complete(body)


@given(specs())
@limits(max_examples=150, deadline=None)
def test_a_link_comes_back_to_the_identical_spec(body: dict[str, Any]) -> None:
    spec = complete(body)
    link = links.write(spec)
    assert link is not None
    assert read_back(link) == spec
    assert read_back("?spec=" + links.pack(spec)) == spec


def test_a_complete_spec_is_complete() -> None:
    spec = complete(ROSENBROCK)
    assert complete(spec.body()) == spec
    assert spec.runs[2].settings == {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    assert spec.start == [-1.2, 1]


def test_what_does_not_fit_goes_packed() -> None:
    body = {**ROSENBROCK, "runs": [{"rule": "v = 0.9*v + g\nx = x - lr*v", "settings": {"lr": 0.001}}]}
    link = links.write(complete(body))
    assert link is not None
    assert link.startswith("/?spec=")
    assert read_back(link) == complete(body)


def test_a_long_link_is_packed_and_over_8_kb_there_is_none() -> None:
    noise = random.Random(1)

    def changed(count: int) -> Spec:
        names = ("beta1", "beta2", "eps", "lr")
        changes = [{"run": 0, "after": i, "settings": {name: noise.random() for name in names}} for i in range(count)]
        return complete({**ROSENBROCK, "runs": [{"optimizer": "adam"}], "changes": changes})

    spec = changed(100)
    link = links.write(spec)
    assert link is not None
    assert link.startswith("/?spec=")
    assert len(link) <= 8192
    assert read_back(link) == spec
    assert links.write(changed(200)) is None


BAD = [
    ("surface=rosenbrock&run=adam(lr=abc)", "runs[0].settings.lr"),
    ("surface=rosenbrock&run=adam(lr=nan)", "runs[0].settings.lr"),
    ("surface=rosenbrock&run=adam(lr=1e999)", "runs[0].settings.lr"),
    ("surface=rosenbrock&run=adam(lr)", "runs[0]"),
    ("surface=rosenbrock&run=ad am", "runs[0]"),
    ("surface=rosenbrock&run=adam;colour=red", "runs[0].colour"),
    ("surface=rosenbrock&run=adam;start=1,2;start=1,2", "runs[0].start"),
    ("surface=rosenbrock&formula=x&run=adam", "problem"),
    ("noise=1&run=adam", "problem"),
    ("surface=rosenbrock&start=1,b&run=adam", "start[1]"),
    ("surface=rosenbrock&steps=1e3&run=adam", "steps"),
    ("surface=rosenbrock&steps=5&steps=6&run=adam", "steps"),
    ("surface=rosenbrock&run=adam&change=0", "changes[0]"),
    ("surface=rosenbrock&run=adam&change=0@x(lr=1)", "changes[0].after"),
    ("formula=x&window=1,2,3&run=adam", "problem.window"),
    ("spec=%00&run=adam", "spec"),
    ("spec=AAAA", "spec"),
    ("spec=", "spec"),
]


@pytest.mark.parametrize(("query", "field"), BAD)
def test_a_bad_link_names_its_field(query: str, field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        read_back("?" + query)
    assert field in [fault.field for fault in caught.value.faults]


def test_a_packed_bomb_is_refused() -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = deflate.compress(b'{"runs": "' + b"a" * 50_000_000 + b'"}') + deflate.flush()
    with pytest.raises(InvalidError):
        links.unpack(base64.urlsafe_b64encode(data).decode())


def test_unknown_names_are_told_to_whom_it_concerns() -> None:
    reading = links.read([("surface", "bowl"), ("run", "sgd"), ("surfcae", "x"), ("lang", "zh"), ("run_shown", "1")])
    assert [(fault.field, fault.code) for fault in reading.ignored] == [("surfcae", "unknown")]
    assert "did you mean 'surface'?" in reading.ignored[0].message
    assert set(reading.body) == {"problem", "runs"}


def test_classifiers_have_a_page_and_first_weights_are_not_spelt_out() -> None:
    deep = {"kind": "network", "dataset": {"name": "moons"}, "hidden": [8] * 8, "loss": "ce"}
    spec = complete({"steps": 600, "runs": [{"optimizer": "sgd", "problem": deep | {"activation": "relu"}}] * 2})
    link = links.write(spec)
    assert link is not None
    assert link.startswith("/classify?spec=")
    assert len(link) < 400
    assert read_back(link) == spec
    shared = complete({"problem": deep, "runs": [{"optimizer": "adam"}]})
    assert len(links.pack(shared)) < 400
    assert read_back("?spec=" + links.pack(shared)) == shared
