from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.batches import Batches, make_batches
from core.errors import FieldError

SEEDS = st.integers(0, 2**32 - 1)


def rows_of(batches: Batches, step: int) -> list[int]:
    rows = batches.rows(step)
    assert rows is not None
    return [int(row) for row in rows]


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int]:
    count = draw(st.integers(1, 300))
    return count, draw(st.integers(1, count))


@given(sizes(), SEEDS, st.integers(0, 5))
def test_batches_partition_an_epoch(shape: tuple[int, int], seed: int, epoch: int) -> None:
    count, size = shape
    batches = make_batches({"mode": "mini", "size": size}, count, seed)
    first = epoch * batches.per_epoch
    seen = [rows_of(batches, step) for step in range(first, first + batches.per_epoch)]
    assert sorted(row for rows in seen for row in rows) == list(range(count))
    assert {len(rows) for rows in seen[:-1]} <= {size}


@given(sizes(), SEEDS, st.booleans(), st.lists(st.integers(0, 400), min_size=1, max_size=20))
def test_any_batch_can_be_asked_for_first(
    shape: tuple[int, int], seed: int, with_replacement: bool, asked: list[int]
) -> None:
    count, size = shape
    batch = {"mode": "mini", "size": size, "with_replacement": with_replacement}
    one, other = make_batches(batch, count, seed), make_batches(batch, count, seed)
    in_order = [rows_of(one, step) for step in range(max(asked) + 1)]
    assert [rows_of(other, step) for step in asked] == [in_order[step] for step in asked]


@given(sizes(), SEEDS, st.booleans(), st.integers(0, 60))
def test_examples_counts_what_the_batches_hold(
    shape: tuple[int, int], seed: int, with_replacement: bool, steps: int
) -> None:
    count, size = shape
    batches = make_batches({"mode": "mini", "size": size, "with_replacement": with_replacement}, count, seed)
    assert batches.examples(steps) == sum(len(rows_of(batches, step)) for step in range(steps))


def test_epochs_are_shuffled_anew() -> None:
    batches = make_batches({"mode": "stochastic"}, 50, 0)
    epochs = [[rows_of(batches, 50 * epoch + k) for k in range(50)] for epoch in range(3)]
    assert epochs[0] != epochs[1] != epochs[2]


def test_with_replacement_draws_all_points_alike() -> None:
    batches = make_batches({"mode": "mini", "size": 10, "with_replacement": True}, 20, 0)
    drawn = [rows_of(batches, step) for step in range(2000)]
    assert np.bincount(np.concatenate(drawn), minlength=20) == pytest.approx(1000, abs=150)
    assert any(len(set(rows)) < 10 for rows in drawn)


def test_full_means_every_point_without_an_index() -> None:
    batches = make_batches(None, 7, 0)
    assert batches.rows(3) is None
    assert batches.examples(3) == 21


@pytest.mark.parametrize(
    ("batch", "field", "code"),
    [
        ({"mode": "minor"}, "batch.mode", "unknown"),
        ({}, "batch.mode", "unknown"),
        ({"mode": "mini"}, "batch.size", "out_of_range"),
        ({"mode": "mini", "size": 0}, "batch.size", "out_of_range"),
        ({"mode": "mini", "size": 11}, "batch.size", "out_of_range"),
        ({"mode": "mini", "size": 2.5}, "batch.size", "out_of_range"),
        ({"mode": "full", "size": 3}, "batch.size", "not_wanted"),
        ({"mode": "stochastic", "size": 3}, "batch.size", "not_wanted"),
        ({"mode": "full", "with_replacement": True}, "batch.with_replacement", "not_wanted"),
        ({"mode": "mini", "size": 3, "with_replacement": 1}, "batch.with_replacement", "not_a_boolean"),
        ({"mode": "mini", "size": 3, "shuffle": True}, "batch.shuffle", "unknown"),
    ],
)
def test_a_batch_that_cannot_be_made_names_its_field(batch: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(FieldError) as caught:
        make_batches(batch or {"mode": None}, 10, 0)
    assert (caught.value.field, caught.value.code) == (field, code)
