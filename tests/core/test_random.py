import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.random import Stream, noise, stream

# These numbers are the contract: a link opened in ten years shows the same run.
FROZEN = {
    Stream.WEIGHTS: [-0.05501684807750692, 1.0639197171605568, 0.2817774382639917],
    Stream.BATCHES: [4, 2, 0, 5, 3, 1],
    Stream.DATA: [0, 44, 60, 21, 17],
}


def test_the_streams_of_a_seed_stay_what_they_are() -> None:
    assert stream(3, Stream.WEIGHTS).standard_normal(3).tolist() == FROZEN[Stream.WEIGHTS]
    assert stream(3, Stream.BATCHES, 2).permutation(6).tolist() == FROZEN[Stream.BATCHES]
    assert stream(0, Stream.DATA).randint(0, 100, 5).tolist() == FROZEN[Stream.DATA]
    assert noise(7, 255, 2, 2).tolist() == [
        [-0.5445953246778865, -1.032635326709072],
        [0.6546427539755812, 1.0445965748456705],
    ]


@given(st.integers(0, 2**32 - 1), st.integers(0, 600), st.integers(1, 600), st.integers(1, 4), st.data())
def test_noise_is_the_same_however_it_is_sliced(
    seed: int, first: int, count: int, parameters: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, count))
    whole = noise(seed, first, count, parameters)
    parts = [noise(seed, first, cut, parameters), noise(seed, first + cut, count - cut, parameters)]
    assert np.array_equal(whole, np.vstack(parts))


def test_noise_is_standard_normal_and_independent() -> None:
    drawn = noise(11, 0, 20_000, 2)
    assert np.abs(drawn.mean(axis=0)).max() < 4 / np.sqrt(20_000)
    assert np.abs(np.cov(drawn.T) - np.eye(2)).max() < 0.04
    following = np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]
    assert abs(following) < 0.03


def test_another_purpose_or_seed_is_another_stream() -> None:
    firsts = {stream(seed, purpose).random_sample() for seed in range(4) for purpose in Stream}
    assert len(firsts) == 4 * len(Stream)
