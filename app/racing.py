"""What is open on a stream: its runs, how far each may go, and what of it comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.messages import Open, Regions, Steps
from app.painting import Painter, painters
from app.runs import Clock, Prepared, Track, prepare, same_rows


@dataclass
class Race:
    """Runs that take turns up to the row that was granted."""

    prepared: Prepared
    tracks: Sequence[Track]
    painters: Sequence[Painter | None]
    binary: bool
    granted: int = -1
    turn: int = 0

    def __post_init__(self) -> None:
        self.running = set(range(len(self.tracks)))

    @property
    def columns(self) -> list[tuple[str, ...]]:
        """The names of the columns that each run sends."""
        return [track.columns for track in self.tracks]

    def next(self) -> int | None:
        """The run whose turn it is, of those that may go on; None where none may."""
        count = len(self.tracks)
        order = (number % count for number in range(self.turn, self.turn + count))
        return next((index for index in order if index in self.running and self._may_go_on(index)), None)

    def _may_go_on(self, index: int) -> bool:
        return self.tracks[index].made < self.granted or self.painting(index)

    def painting(self, index: int) -> bool:
        """A picture of a row that was sent is due, and comes before the run's next row or its end."""
        painter = self.painters[index]
        return painter is not None and painter.busy

    def produce(self, index: int, seconds: float, numbers: int) -> Steps | Regions | None:
        """The run's next rows, or one more band of its picture; None where there is nothing to send yet."""
        self.turn = index + 1
        track, painter = self.tracks[index], self.painters[index]
        if painter is not None and painter.busy:
            message: Steps | Regions | None = painter.paint()
        else:
            steps = Steps(index, *track.make(self.granted, seconds, numbers), self.binary)
            message = steps if steps.count else None
        if track.over and not self.painting(index):
            self.running.remove(index)
        return message


def race(message: Open, clock: Clock, before: Race | None = None) -> Race:
    """What an `open` asks for, ready to be run; raises `ProblemError`. It may take long: many formulas, much data.

    Rows that are not sent and that the race `before` has made, too, are not made again.
    """
    prepared = prepare(message.spec, picked=message.regions is None)  # pictures look at all parameters
    pictures = painters(message.regions, prepared, message.from_)
    tracks = [
        Track(walk, prepared.columns(run), message.from_, clock, painter, prepared.pace(walk))
        for run, (walk, painter) in enumerate(zip(prepared.walks, pictures, strict=True))
    ]
    prepared.rehearse()
    for run, track in enumerate(tracks):
        if before is not None and (same := same_rows(before.prepared, prepared, run)) >= 0:
            track.go_on_like(before.tracks[run], same)
    return Race(prepared, tracks, pictures, message.encoding == "binary")
