"""The same rows in every form, and no work for who has them already."""

import asyncio
import csv
import gc
import gzip
import io
import json

import httpx
import numpy as np
import pytest
from starlette.types import Message

from app.main import create_app
from app.settings import Settings
from tests.app.specs import DIVERGES, IN_A_HOLE, ROSENBROCK
from tests.serving import Caller

MIXED = {**ROSENBROCK, "runs": [{"optimizer": "sgd", "settings": {"lr": 0.001}}, {"optimizer": "adam", "detail": True}]}
URL = "/api/v1/trajectories"


def test_csv_has_the_union_of_columns_and_blanks(call: Caller) -> None:
    answer = call.post(URL, json=MIXED, headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="steepest.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    whole = call.post(URL, json=MIXED).json()["runs"]
    assert list(rows[0])[:4] == ["run", "step", "x", "y"]
    assert len(rows) == 2 * 41
    assert rows[0]["m_x"] == ""
    assert rows[41]["m_hat_x"] == ""
    assert [float(row["x"]) for row in rows if row["run"] == "1"] == whole[1]["columns"]["x"]
    assert [row["step"] for row in rows[:3]] == ["0", "1", "2"]


def test_ndjson_has_a_line_a_row_and_then_the_status(call: Caller) -> None:
    answer = call.post(URL + "?format=ndjson", json=MIXED)
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    whole = call.post(URL, json=MIXED).json()["runs"]
    assert len(lines) == 2 * 42
    assert lines[1]["run"] == 0
    assert lines[41] == {"run": 0, "status": whole[0]["status"]}
    assert [line["loss"] for line in lines[42:-1]] == whole[1]["columns"]["loss"]
    assert lines[42]["m_hat_x"] is None


def test_npz_is_numpy_s(call: Caller) -> None:
    answer = call.post(URL, json=MIXED, headers={"accept": "application/x-npz"})
    archive = np.load(io.BytesIO(answer.content), allow_pickle=False)
    whole = call.post(URL, json=MIXED).json()["runs"]
    assert set(archive) == {f"run{run}/{name}" for run in range(2) for name in whole[run]["columns"]}
    assert archive["run0/x"].tolist() == whole[0]["columns"]["x"]
    assert np.isnan(archive["run1/m_hat_x"][0])
    assert answer.content == call.post(URL, json=MIXED, headers={"accept": "application/x-npz"}).content


@pytest.mark.parametrize("form", ["json", "csv", "ndjson", "npz"])
@pytest.mark.parametrize("body", [DIVERGES, IN_A_HOLE])
def test_trouble_has_every_form(call: Caller, form: str, body: object) -> None:
    assert call.post(f"{URL}?format={form}", json=body).status_code == 200


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        ("application/json;q=0.2, text/*;q=0.9", "text/csv; charset=utf-8"),
        ("application/*;q=0.5, application/json;q=0", "application/x-ndjson"),
        ("text/html", None),
        ("application/json;q=zero", None),
    ],
)
def test_accept_chooses_the_form(call: Caller, accept: str, kind: str | None) -> None:
    answer = call.post(URL, json=ROSENBROCK, headers={"accept": accept})
    assert answer.status_code == (200 if kind else 406)
    assert answer.headers["content-type"] == (kind or "application/problem+json")


def test_format_goes_before_accept(call: Caller) -> None:
    answer = call.get(URL + "?surface=bowl&run=sgd&format=csv", headers={"accept": "application/json"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert call.get(URL + "?surface=bowl&run=sgd&format=xml").status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        URL + "?surface=bowl&run=sgd",
        "/api/v1/catalog",
        "/api/v1/surfaces/bowl?resolution=9",
        URL + "?surface=bowl&run=sgd&from=3",
        "/api/v1/theory?surface=bowl&run=sgd",
        "/api/v1/figures/loss?surface=bowl&run=sgd",
        "/api/v1/figures/descent?surface=bowl&run=sgd&format=html",
    ],
)
def test_what_is_pure_is_answered_once(call: Caller, path: str) -> None:
    first = call.get(path)
    entity = first.headers["etag"]
    assert "max-age" in first.headers["cache-control"]
    again = call.get(path, headers={"if-none-match": f'"other", {entity}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", entity)
    assert call.get(path, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/catalog", "/api/v1/surfaces/bowl", URL + "?surface=bowl&run=sgd"])
def test_long_answers_are_compressed_for_who_takes_it(call: Caller, path: str) -> None:
    packed = call.get(path, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    plain = call.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert "Accept-Encoding" in plain.headers["vary"]


def test_another_spec_has_another_tag(call: Caller) -> None:
    paths = ("run=sgd", "run=sgd&steps=9", "run=sgd&until=3", "run=sgd&format=csv", "run=adam")
    tags = {call.get(f"{URL}?surface=bowl&{path}").headers["etag"] for path in paths}
    assert len(tags) == len(paths)
    spelt = call.get(f"{URL}?surface=bowl&steps=500&run=sgd(lr=0.01)").headers["etag"]
    assert spelt == call.get(f"{URL}?surface=bowl&run=sgd").headers["etag"]


def test_answers_are_compressed_for_who_takes_it(call: Caller) -> None:
    packed = call.post(URL, json=ROSENBROCK, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in call.post(URL, json=ROSENBROCK, headers={"accept-encoding": "identity"}).headers
    assert gzip.decompress(gzip.compress(packed.content)) == packed.content


def test_too_much_work_is_refused_with_its_cost() -> None:
    def send(settings: Settings) -> httpx.Response:
        data = {"kind": "softmax", "dataset": {"name": "blobs", "count": 2000}}
        body = {"problem": data, "steps": 10_000, "runs": [{"optimizer": "sgd", "columns": ["loss"]}]}
        return Caller(create_app(settings)).post(URL, json=body)

    problem = send(Settings(work_cost=1e6)).json()
    (error,) = problem["errors"]
    assert (error["code"], problem["cap"]) == ("too_large", 1_000_000)
    assert problem["cost"] > 1e8
    assert "fewer steps" in error["message"]


def test_the_same_bytes_however_it_is_sliced() -> None:
    def send(seconds: float) -> bytes:
        return Caller(create_app(Settings(slice_seconds=seconds))).post(URL, json=MIXED).content

    assert send(1e-9) == send(1e-5) == send(0.02)


def test_so_many_large_answers_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    large = {**ROSENBROCK, "steps": 10_000, "runs": [{"optimizer": "adam", "detail": True}] * 2}
    monkeypatch.setattr("app.trajectories.MOST_LARGE", 1)
    one = Caller(create_app())
    assert [one.post(URL, json=large).status_code for _ in range(3)] == [200] * 3  # each leaves its place
    monkeypatch.setattr("app.trajectories.MOST_LARGE", 0)
    none = Caller(create_app())
    refused = none.post(URL, json=large)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert none.post(URL, json=ROSENBROCK).status_code == 200


def test_a_caller_that_leaves_lets_go_of_its_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    large = {**ROSENBROCK, "steps": 10_000, "runs": [{"optimizer": "adam", "detail": True}] * 2}
    monkeypatch.setattr("app.trajectories.MOST_LARGE", 1)
    app = create_app()

    async def leave() -> None:
        body = iter([{"type": "http.request", "body": json.dumps(large).encode(), "more_body": False}])
        full = asyncio.Event()

        async def receive() -> Message:
            if (first := next(body, None)) is not None:
                return first
            await full.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                full.set()  # the caller goes while the rows are written

        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": URL, "query_string": b"", "headers": headers}
        await app({**scope, "asgi": {"spec_version": "2.3"}}, receive, send)

    gc.disable()
    try:
        asyncio.run(asyncio.wait_for(leave(), 60))
        assert Caller(app).post(URL, json=large).status_code == 200
    finally:
        gc.enable()
