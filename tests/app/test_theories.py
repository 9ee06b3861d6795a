"""Theory beside measurement."""

import pytest

from tests.serving import Caller

URL = "/api/v1/theory"


def test_a_quadratic_does_what_theory_says(call: Caller) -> None:
    runs = "run=sgd(lr=1.980198)&run=momentum(lr=3.305785,momentum=0.669421)"
    link = f"?formula=(0.01*x**2%2By**2)/2&start=1,1&steps=400&{runs}"
    plain, momentum = call.get(URL + link).json()["runs"]
    assert plain["theory"]["condition"] == pytest.approx(100)
    assert plain["theory"]["largest_stable_rate"] == pytest.approx(2)
    assert plain["theory"]["factor"] == pytest.approx(0.980198, abs=1e-6)
    assert plain["measured"]["factor"] == pytest.approx(0.980198, abs=1e-4)
    assert plain["theory"]["best_momentum"]["rate"] == pytest.approx(3.305785, abs=1e-6)
    assert momentum["theory"]["factor"] == pytest.approx(0.818182, abs=1e-3)
    assert plain["theory"]["steps_to_a_millionth"] == 346


def test_the_curvature_is_taken_at_a_row(call: Caller) -> None:
    first, later = (call.get(f"{URL}?surface=rosenbrock&run=adam&row={row}").json()["runs"][0] for row in (0, 400))
    assert first["point"] == [-1.2, 1]
    assert first["theory"]["directions"] != later["theory"]["directions"]
    assert later["row"] == 400
    assert "only_local" in [limit["code"] for limit in later["theory"]["limits"]]


def test_a_start_in_a_hole_has_no_theory(call: Caller) -> None:
    run = call.get(URL + "?formula=log(x)&start=-1&run=sgd").json()["runs"][0]
    assert (run["point"], run["theory"]) == (None, None)


def test_what_is_too_large_is_refused(call: Caller) -> None:
    assert call.get(URL + "?surface=bowl&run=sgd&rows=3").json()["errors"][0]["field"] == "rows"
    assert call.get(URL + "?surface=bowl&run=sgd&row=10001").status_code == 422
