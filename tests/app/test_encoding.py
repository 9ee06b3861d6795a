"""Numbers come through every encoding as they were."""

import json
import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.encoding import binary, columns_json

floats = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50)


@given(floats)
def test_json_comes_back_to_the_same_floats(values: list[float]) -> None:
    back = json.loads(columns_json({"x": np.array(values)}))["x"]
    assert struct.pack(f"{len(values)}d", *back) == struct.pack(f"{len(values)}d", *values)


@given(floats, st.text(max_size=9))
def test_a_binary_frame_is_aligned_and_exact(values: list[float], word: str) -> None:
    data = binary({"type": "steps", "word": word}, {"x": np.array(values), "y": -np.array(values)})
    length = int.from_bytes(data[:4], "little")
    assert json.loads(data[4 : 4 + length]) == {"type": "steps", "word": word}
    begin = len(data) - 16 * len(values)
    assert begin % 8 == 0
    assert begin - (4 + length) < 8
    assert not any(data[4 + length : begin])
    assert np.frombuffer(data[begin:], "<f8").tolist() == [*values, *(-np.array(values)).tolist()]


def test_steps_are_whole_numbers_and_what_is_not_finite_is_null() -> None:
    text = columns_json({"step": np.array([0.0, 1.0]), "x": np.array([np.nan, np.inf])})
    assert text == b'{"step":[0,1],"x":[null,null]}'
