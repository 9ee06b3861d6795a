"""The stream's rules: whatever a viewer says in whatever order, rows come granted, in order, once."""

import json
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.messages import Closed, Ended, Opened, Outgoing, Refused, Regions, Steps
from app.runs import prepare
from app.session import SLICE_NUMBERS, Opening, Session
from app.settings import Settings
from app.spec import Spec
from core.problems.model import DataModel
from tests.app.specs import CLASSIFIERS, DIVERGES, IN_A_HOLE, ROSENBROCK

SETTINGS = Settings()


class Clock:
    """Time that passes only when told to, a little at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1e-4
        return self.now


def session() -> Session:
    return Session(SETTINGS, Clock())


def hear(viewer: Session, text: str | bytes) -> None:
    """One message, and what it asks for made ready at once."""
    opening = viewer.receive(text)
    if opening is not None:
        viewer.settle(opening())


def say(viewer: Session, **message: Any) -> None:
    hear(viewer, json.dumps(message))


def all_of(viewer: Session) -> list[Outgoing]:
    """Everything that comes until nothing more may."""
    got = []
    while viewer.working:
        message = viewer.produce()
        if message is not None:
            got.append(message)
    return got


def rows(got: list[Outgoing], run: int) -> list[int]:
    return [int(s) for m in got if isinstance(m, Steps) and m.run == run for s in m.columns["step"]]


def test_nothing_comes_before_it_is_granted() -> None:
    viewer = session()
    say(viewer, type="open", spec=ROSENBROCK, id="a")
    (opened,) = all_of(viewer)
    assert isinstance(opened, Opened)
    assert opened.body()["id"] == "a"
    assert opened.body()["runs"][0] == {"columns": ["step", "x", "y", "loss", "gradient_x", "gradient_y"]}
    assert opened.body()["link"] == "/?surface=rosenbrock&steps=40&run=sgd(lr=0.001)&run=momentum(lr=0.001)&run=adam"
    assert opened.body()["spec"]["runs"][2]["settings"]["beta1"] == 0.9


def test_rows_come_up_to_the_grant_and_then_to_the_end() -> None:
    viewer = session()
    say(viewer, type="open", spec=ROSENBROCK)
    say(viewer, type="advance", until=9)
    got = all_of(viewer)
    assert [rows(got, run) for run in range(3)] == [list(range(10))] * 3
    assert not any(isinstance(message, Ended) for message in got)
    say(viewer, type="advance", until=10_000)
    got = all_of(viewer)
    assert [rows(got, run) for run in range(3)] == [list(range(10, 41))] * 3
    ended = [message for message in got if isinstance(message, Ended)]
    assert sorted(message.run for message in ended) == [0, 1, 2]
    assert {message.status.state for message in ended} == {"finished"}
    say(viewer, type="advance", until=10_000)
    assert all_of(viewer) == []


def test_from_leaves_out_what_lies_before() -> None:
    viewer = session()
    say(viewer, type="open", spec=ROSENBROCK, **{"from": 30})
    say(viewer, type="advance", until=20)
    assert [type(message) for message in all_of(viewer)] == [Opened]
    say(viewer, type="advance", until=40)
    got = all_of(viewer)
    assert rows(got, 1) == list(range(30, 41))


def test_open_again_replaces_what_ran() -> None:
    viewer = session()
    say(viewer, type="open", spec=ROSENBROCK)
    say(viewer, type="advance", until=40)
    for _ in range(2):
        viewer.produce()
    changed = {**ROSENBROCK, "changes": [{"run": 0, "after": 12, "settings": {"lr": 0.002}}]}
    say(viewer, type="open", spec=changed, **{"from": 13})
    say(viewer, type="advance", until=40)
    got = all_of(viewer)
    place = next(i for i, message in enumerate(got) if isinstance(message, Opened))
    assert rows(got[place:], 0) == list(range(13, 41))


def test_a_changed_setting_leaves_the_rows_before_it() -> None:
    def values(spec: dict[str, Any]) -> np.ndarray[Any, Any]:
        viewer = session()
        say(viewer, type="open", spec=spec)
        say(viewer, type="advance", until=40)
        return np.concatenate([m.columns["x"] for m in all_of(viewer) if isinstance(m, Steps) and m.run == 0])

    changed = {**ROSENBROCK, "changes": [{"run": 0, "after": 12, "settings": {"lr": 0.002}}]}
    before, after = values(ROSENBROCK), values(changed)
    assert (before[:13] == after[:13]).all()
    assert before[13] != after[13]


KINDS: list[dict[str, Any]] = [
    {"optimizer": "adam", "problem": {"kind": "surface", "name": "rosenbrock", "noise": 0.1}, "detail": True},
    {"optimizer": "momentum", "problem": {"kind": "neuron", "loss": "ce"}, "schedule": {"name": "cosine"}},
    {"rule": "m = 0.9*m + g\nx = x - lr*m", "settings": {"lr": 0.01}, "problem": {"kind": "formula", "formula": "x^4"}},
    {"optimizer": "lbfgs", "problem": {"kind": "surface", "name": "rosenbrock"}, "steps": 40},
    {
        "optimizer": "adam",
        "problem": {**CLASSIFIERS["problem"], "hidden": [8, 8]},
        "batch": {"mode": "mini", "size": 7},
    },
    {"optimizer": "rmsprop", "problem": CLASSIFIERS["problem"]},
]


@pytest.mark.parametrize("run", KINDS, ids=lambda run: run.get("optimizer", "rule"))
def test_a_change_late_in_a_run_makes_few_rows_again_and_the_same(run: dict[str, Any]) -> None:
    """A setting is changed at four fifths of a run, and once more a little later: numbers as if opened anew."""
    total = run.get("steps", 1000)
    late, later = total * 4 // 5, total * 4 // 5 + total // 20

    def changed(*steps: int) -> dict[str, Any]:
        changes = [{"run": 0, "after": step, "settings": {"lr": 0.03 / step}} for step in steps]
        return {"runs": [run], "steps": 1000, "changes": changes}

    def stack(got: list[Outgoing]) -> dict[str, list[float]]:
        slices = [message.columns for message in got if isinstance(message, Steps)]
        return {name: np.concatenate([part[name] for part in slices]).tolist() for name in slices[0]}

    clock = Clock()
    viewer = Session(SETTINGS, clock)
    say(viewer, type="open", spec=changed())
    for until in range(total // 20, total + 1, total // 20):
        clock.now += 1
        say(viewer, type="advance", until=until)
        all_of(viewer)
    for steps in ((late,), (late, later)):
        first = steps[-1] + 1
        say(viewer, type="open", spec=changed(*steps), **{"from": first})
        assert viewer.race is not None
        assert first - 1 - total // 10 <= viewer.race.tracks[0].made < first
        anew = session()
        say(anew, type="open", spec=changed(*steps), **{"from": first})
        assert anew.race is not None
        assert anew.race.tracks[0].made == -1
        for one in (viewer, anew):
            say(one, type="advance", until=later + total // 20)
        assert stack(all_of(viewer)) == stack(all_of(anew))


def test_what_differs_from_the_start_is_made_from_the_start() -> None:
    viewer = session()
    say(viewer, type="open", spec=ROSENBROCK)
    for until in range(4, 40, 4):
        say(viewer, type="advance", until=until)
        all_of(viewer)
    early = {"changes": [{"run": 0, "after": 2, "settings": {"lr": 0.002}}]}
    other = {"runs": [{"optimizer": "sgd", "settings": {"lr": 0.002}}, *ROSENBROCK["runs"][1:]]}
    for change in (early, other, {"seed": 3, "runs": [{**ROSENBROCK["runs"][0], "seed": 5}]}):
        say(viewer, type="open", spec={**ROSENBROCK, **change}, **{"from": 20})
        assert viewer.race is not None
        assert viewer.race.tracks[0].made == -1
        say(viewer, type="open", spec=ROSENBROCK)
        say(viewer, type="advance", until=39)
        all_of(viewer)


def test_divergence_is_told_with_its_step_after_the_finite_rows() -> None:
    viewer = session()
    say(viewer, type="open", spec=DIVERGES)
    say(viewer, type="advance", until=40)
    got = all_of(viewer)
    assert isinstance(got[-1], Ended)
    assert got[-1].status.state == "diverged"
    assert rows(got, 0) == list(range(got[-1].status.step + 1))
    assert all(np.isfinite(c).all() for m in got if isinstance(m, Steps) for c in m.columns.values())


def test_a_start_in_a_hole_has_no_rows() -> None:
    viewer = session()
    say(viewer, type="open", spec=IN_A_HOLE)
    say(viewer, type="advance", until=0)
    opened, ended = all_of(viewer)
    assert isinstance(opened, Opened)
    assert isinstance(ended, Ended)
    assert (ended.status.state, ended.status.step) == ("left_domain", 0)


def pictures(got: list[Outgoing], run: int) -> list[int]:
    return [m.step for m in got if isinstance(m, Regions) and m.run == run]


def test_regions_come_after_their_rows_from_the_start_to_the_last() -> None:
    viewer = session()
    say(viewer, type="open", spec=CLASSIFIERS, regions={"size": 8, "every": 4})
    assert [type(message) for message in all_of(viewer)] == [Opened]
    say(viewer, type="advance", until=9)
    got = all_of(viewer)
    assert pictures(got, 0) == pictures(got, 1) == [0, 4, 8]
    say(viewer, type="advance", until=40)
    got += all_of(viewer)
    assert pictures(got, 0) == [0, 4, 8, 12, 16, 20, 24, 28, 30]
    assert pictures(got, 1) == [0, 4, 8, 12, 16, 20, 21]
    sent = {0: -1, 1: -1}
    for message in got:
        if isinstance(message, Steps):
            sent[message.run] += message.count
        elif isinstance(message, Regions | Ended):
            assert sent[message.run] == (message.step if isinstance(message, Regions) else message.status.step)


def test_regions_are_the_engine_s_bytes_however_many_bands_they_take() -> None:
    spec = {**CLASSIFIERS, "problem": {**CLASSIFIERS["problem"], "hidden": [40, 40]}, "steps": 2}
    viewer = session()
    say(viewer, type="open", spec=spec, regions={"size": 64})
    say(viewer, type="advance", until=2)
    viewer.produce()
    viewer.produce()
    assert viewer.race is not None
    assert viewer.race.painters[0] is not None
    assert len(viewer.race.painters[0].grid.bands) > 1
    walk = prepare(Spec.model_validate(spec)).walks[0]
    rows = walk.advance(2)
    assert isinstance(walk.problem, DataModel)
    got = {m.step: m.picture for m in all_of(viewer) if isinstance(m, Regions) and m.run == 0}
    assert sorted(got) == [0, 1, 2]
    for step, picture in got.items():
        theta = np.array([rows[name][step] for name in walk.problem.parameters])
        assert (picture == walk.problem.regions(theta, 64)).all()


def test_regions_resume_with_their_rows() -> None:
    viewer = session()
    say(viewer, type="open", spec=CLASSIFIERS, regions={"size": 8, "every": 4}, **{"from": 13})
    say(viewer, type="advance", until=40)
    assert pictures(all_of(viewer), 0) == [16, 20, 24, 28, 30]


def test_a_run_that_diverges_shows_the_regions_of_its_last_row() -> None:
    data = {"points": [[1000, 1], [-1000, 2]], "labels": [0.0, 1.0]}
    runs = [{"optimizer": "sgd", "settings": {"lr": 1000}}]
    spec = {
        "problem": {
            "kind": "network",
            "dataset": data,
            "output": "sigmoid",
            "hidden": [2],
            "activation": "relu",
            "weight_decay": 1,
        },
        "runs": runs,
        "steps": 500,
    }
    viewer = session()
    say(viewer, type="open", spec=spec, regions={"size": 4, "every": 1000})
    say(viewer, type="advance", until=500)
    got = all_of(viewer)
    assert isinstance(got[-1], Ended), got
    assert got[-1].status.state == "diverged"
    assert pictures(got, 0) == [0, got[-1].status.step]


THREE = {"points": [[0, 0, 1], [1, 1, 0]], "labels": [0, 1]}
NO_REGIONS = [
    ({"size": 64}, ROSENBROCK["problem"], "regions", "no_classes"),
    ({"size": 64}, {"kind": "linear", "dataset": {"name": "line"}}, "regions", "no_classes"),
    ({"size": 64}, {"kind": "logistic", "dataset": THREE}, "regions", "two_inputs"),
    ({"size": 129}, CLASSIFIERS["problem"], "regions.size", "out_of_range"),
    ({"size": 1}, CLASSIFIERS["problem"], "regions.size", "out_of_range"),
    ({"every": 0}, CLASSIFIERS["problem"], "regions.every", "out_of_range"),
    ({"each": 4}, CLASSIFIERS["problem"], "regions.each", "extra_forbidden"),
    (64, CLASSIFIERS["problem"], "regions", "model_type"),
]


@pytest.mark.parametrize(("regions", "problem", "field", "code"), NO_REGIONS)
def test_regions_that_cannot_be_drawn_are_refused_by_name(regions: Any, problem: Any, field: str, code: str) -> None:
    viewer = session()
    spec = {"problem": problem, "runs": [{"optimizer": "sgd"}]}
    say(viewer, type="open", spec=spec, regions=regions)
    (refused,) = all_of(viewer)
    assert isinstance(refused, Refused)
    (error,) = refused.body()["problem"]["errors"]
    assert (error["field"], error["code"]) == (field, code)


BAD = [
    ("{", 400, None),
    ("[" * 100_000, 400, None),
    ("1" * 5_000, 400, None),
    ("null", 422, ""),
    ("[]", 422, ""),
    ("{}", 422, "type"),
    ('{"type": "shout"}', 422, "type"),
    ('{"type": "advance"}', 422, "until"),
    ('{"type": "advance", "until": -1}', 422, "until"),
    ('{"type": "advance", "until": 1.5}', 422, "until"),
    ('{"type": "advance", "until": 5}', 422, "type"),
    ('{"type": "open"}', 422, "spec"),
    ('{"type": "open", "spec": 3}', 422, "spec"),
    ('{"type": "open", "spec": {"runs": []}}', 422, "runs"),
    ('{"type": "open", "spec": {"runs": [{"optimizer": "sgd", "settings": {"lr": NaN}}]}}', 422, "runs[0].settings.lr"),
    ('{"type": "open", "spec": {"runs": [{"optimizer": "sgd"}]}}', 422, "runs[0].problem"),
    ('{"type": "open", "from": 10001, "spec": {"runs": [{"optimizer": "sgd"}]}}', 422, "from"),
    ('{"type": "open", "encoding": "xml", "spec": {"runs": [{"optimizer": "sgd"}]}}', 422, "encoding"),
    ('{"type": "advance", "until": 1, "id": [1]}', 422, "id"),
]


@pytest.mark.parametrize(("text", "status", "field"), BAD)
def test_a_bad_message_is_refused_and_what_runs_goes_on(text: str, status: int, field: str | None) -> None:
    for running in (False, True) if '"until": 5' not in text else (False,):
        viewer = session()
        if running:
            say(viewer, type="open", spec=ROSENBROCK)
            say(viewer, type="advance", until=3)
        hear(viewer, text)
        got = all_of(viewer)
        (refused,) = [message for message in got if isinstance(message, Refused)]
        problem = refused.body()["problem"]
        assert problem["status"] == status
        if field is not None:
            assert field in [error["field"] for error in problem["errors"]]
        assert rows(got, 0) == (list(range(4)) if running else [])


def test_faults_beyond_fifty_are_counted() -> None:
    viewer = session()
    spec = {"runs": [{"optimizer": "adam"}], **{f"k{number}": 0 for number in range(3000)}}
    say(viewer, type="open", spec=spec)
    refused = viewer.produce()
    assert isinstance(refused, Refused)
    assert refused.problem.detail == "k0: is not known here; leave it out. And 2999 more."
    assert len(refused.problem.faults) == 50


def test_an_id_comes_back_with_its_refusal() -> None:
    viewer = session()
    say(viewer, type="advance", until=3, id=17)
    (refused,) = all_of(viewer)
    assert isinstance(refused, Refused)
    assert refused.body()["id"] == 17


def test_too_many_messages_close_with_1008() -> None:
    viewer = session()
    for _ in range(41):
        say(viewer, type="advance", until=3)
    got = all_of(viewer)
    assert isinstance(got[-1], Closed)
    assert got[-1].code == 1008
    assert len(got) == 41


def test_twenty_messages_a_second_are_fine() -> None:
    clock = Clock()
    viewer = Session(SETTINGS, clock)
    say(viewer, type="open", spec=ROSENBROCK)
    for until in range(200):
        clock.now += 1 / 20
        say(viewer, type="advance", until=until)
    assert not any(isinstance(message, Closed | Refused) for message in all_of(viewer))


def test_what_runs_goes_on_while_the_next_is_prepared() -> None:
    viewer = session()
    say(viewer, type="open", spec=ROSENBROCK)
    say(viewer, type="advance", until=3)
    opening = viewer.receive(json.dumps({"type": "open", "spec": DIVERGES, "id": 2}))
    assert opening is not None
    assert rows(all_of(viewer), 0) == [0, 1, 2, 3]
    viewer.settle(opening())
    (opened,) = all_of(viewer)
    assert isinstance(opened, Opened)
    assert opened.id == 2


def test_computing_that_is_used_up_comes_later_and_never_less() -> None:
    clock = Clock()
    viewer = Session(Settings(computing_a_second=0.01, computing_burst=1e-6), clock)
    say(viewer, type="open", spec=ROSENBROCK)
    say(viewer, type="advance", until=40)
    got: list[Outgoing] = []
    waits = 0
    while viewer.working or viewer.waiting:
        if viewer.waiting:
            before = clock.now
            clock.now += viewer.pause
            assert 0 < clock.now - before < 1
            waits += 1
        elif (message := viewer.produce()) is not None:
            got.append(message)
    assert waits > 2
    assert [rows(got, run) for run in range(3)] == [list(range(41))] * 3


def test_a_viewer_that_is_slow_to_take_slices_gets_fewer_and_larger_ones() -> None:
    def slices(slow: bool) -> list[int]:
        viewer = session()
        got = []
        say(viewer, type="open", spec={**ROSENBROCK, "runs": ROSENBROCK["runs"][:1]})
        for until in range(9, 40, 10):
            say(viewer, type="advance", until=until)
            got += [] if slow else all_of(viewer)
        return [message.count for message in got + all_of(viewer) if isinstance(message, Steps)]

    assert slices(slow=False) == [10, 10, 10, 10]
    assert slices(slow=True) == [40]


def test_a_binary_message_closes_with_1003() -> None:
    viewer = session()
    hear(viewer, b"{}")
    (closed,) = all_of(viewer)
    assert isinstance(closed, Closed)
    assert closed.code == 1003


def test_runs_take_turns() -> None:
    viewer = session()
    viewer.settings = Settings(slice_seconds=1e-6)
    say(viewer, type="open", spec=ROSENBROCK)
    say(viewer, type="advance", until=5)
    turns = [message.run for message in all_of(viewer) if isinstance(message, Steps)]
    assert turns == [0, 1, 2] * 6


SPECS = st.sampled_from([ROSENBROCK, DIVERGES, IN_A_HOLE, {**ROSENBROCK, "runs": ROSENBROCK["runs"][:1]}])
CHANGES = st.lists(
    st.builds(
        lambda after, lr: {"run": 0, "after": after, "settings": {"lr": lr}},
        st.integers(0, 30),
        st.sampled_from([0.001, 0.002]),
    ),
    max_size=2,
)
REGIONS = st.sampled_from([None, {"size": 4, "every": 1}, {"size": 3, "every": 7}])
NOISE = (
    st.text(max_size=20)
    | st.sampled_from([text for text, _, _ in BAD])
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "spec", "until"]), inner),
        max_leaves=6,
    ).map(json.dumps)
)


@lru_cache
def losses(spec: str, run: int) -> list[float]:
    """Every loss of a run made anew, in one go."""
    walk = prepare(Spec.model_validate_json(spec)).walks[run]
    return list(walk.advance(walk.plan.steps)["loss"].tolist())


class AnyOrder(RuleBasedStateMachine):
    """Any messages in any order: never an exception, never a step forgotten, never more held than bounded."""

    @initialize()
    def connect(self) -> None:
        self.clock = Clock()
        self.viewer = Session(SETTINGS, self.clock)
        self.next: dict[int, int] = {}
        self.granted = -1
        self.over: set[int] = set()
        self.asked: list[tuple[int, int, int, Any]] = []  # (from, granted, every, spec) of each open not yet answered
        self.spec: Any = None
        self.first = self.every = 0
        self.opening: Opening | None = None
        self.shown: dict[int, int] = {}  # the last row with regions

    def hear(self, text: str) -> None:
        """A message is received when the open before it is settled, however late that is."""
        self.settle()
        self.clock.now += 1
        self.opening = self.viewer.receive(text)

    @rule()
    def settle(self) -> None:
        if self.opening is not None:
            self.viewer.settle(self.opening())
        self.opening = None

    @rule(spec=SPECS, first=st.integers(0, 60), binary=st.booleans(), changes=CHANGES)
    def open(self, spec: dict[str, Any], first: int, binary: bool, changes: list[Any]) -> None:
        spec = {**spec, "changes": changes}
        message = {"type": "open", "spec": spec, "encoding": "binary" if binary else "json", "from": first}
        self.hear(json.dumps(message))
        self.asked.append((first, -1, 0, spec))

    @rule(regions=REGIONS, first=st.integers(0, 40), changes=CHANGES)
    def open_with_regions(self, regions: dict[str, int] | None, first: int, changes: list[Any]) -> None:
        spec = {**CLASSIFIERS, "changes": changes}
        self.hear(json.dumps({"type": "open", "spec": spec, "from": first, "regions": regions}))
        self.asked.append((first, -1, regions["every"] if regions else 0, spec))

    @rule(until=st.integers(0, 100))
    def advance(self, until: int) -> None:
        self.hear(json.dumps({"type": "advance", "until": until}))
        if self.asked:
            first, granted, every, spec = self.asked[-1]
            self.asked[-1] = first, max(granted, until), every, spec
        else:
            self.granted = max(self.granted, until)

    @rule(text=NOISE)
    def shout(self, text: str) -> None:
        self.hear(text)

    @rule(count=st.integers(1, 12))
    def take(self, count: int) -> None:
        for _ in range(count):
            message = self.viewer.produce()
            match message:
                case Opened():
                    self.first, self.granted, self.every, self.spec = self.asked.pop(0)
                    self.next = dict.fromkeys(range(len(message.columns)), self.first)
                    self.over = set()
                    self.shown = {}
                case Steps():
                    assert message.first == self.next[message.run]
                    assert message.run not in self.over
                    assert not self.owes_regions(message.run)
                    made_anew = losses(json.dumps(self.spec), message.run)[message.first :][: message.count]
                    assert message.columns["loss"].tolist() == made_anew
                    self.next[message.run] += message.count
                    assert self.next[message.run] - 1 <= self.granted
                    assert message.count * len(message.columns) <= SLICE_NUMBERS
                case Ended():
                    assert message.run not in self.over
                    assert not self.owes_regions(message.run, last=message.status.step)
                    self.over.add(message.run)
                    assert message.status.state != "running"
                case Regions():
                    assert message.step == self.next[message.run] - 1
                    assert self.shown.get(message.run) != message.step
                    self.shown[message.run] = message.step

    def owes_regions(self, run: int, last: int | None = None) -> bool:
        """The last row that came should have its regions, and they have not come."""
        row = self.next[run] - 1
        due = self.every and row >= self.first and (row % self.every == 0 or row == last)
        return bool(due) and self.shown.get(run) != row

    @invariant()
    def holds_little(self) -> None:
        assert len(self.viewer.replies) <= 200
        assert not self.viewer.closed

    def teardown(self) -> None:
        """All that was granted has come once the viewer takes it."""
        self.settle()
        while self.viewer.working:
            self.take(1)
        for run, upcoming in self.next.items():
            assert run in self.over or upcoming > self.granted


AnyOrder.TestCase.settings = limits(max_examples=60, stateful_step_count=25, deadline=None)
TestAnyOrder = AnyOrder.TestCase
