"""The stream's rules, without a socket: what a viewer says goes in, what it gets comes out.

The viewer grants, the engine computes: nothing is made before it is granted, each row goes out once and
in order, and no more is held than the replies not yet taken and one slice of rows.
"""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from pydantic import ValidationError

from app import links
from app.messages import Advance, Closed, Ended, Incoming, Open, Opened, Outgoing, Refused, Regions, Steps
from app.painting import Painter, painters
from app.problems import Fault, InvalidError, ProblemError, faults
from app.runs import Clock, Prepared, Track, prepare
from app.settings import Settings

SLICE_NUMBERS = 8192  # most numbers in one slice: what JSON takes about 2 ms to write
MOST_REPLIES = 32  # replies that wait; a viewer that takes none is not read from


class Allowance:
    """So many a second, and so many at once.

    >>> allowance = Allowance(rate=20, burst=2, now=0.0)
    >>> [allowance.take(0.0), allowance.take(0.0), allowance.take(0.0), allowance.take(0.05)]
    [True, True, False, True]
    """

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate, self.burst = rate, burst
        self.left, self.then = burst, now

    def take(self, now: float) -> bool:
        self.left = min(self.burst, self.left + (now - self.then) * self.rate)
        self.then = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass
class Race:
    """What is open: its runs, how far they may go, and which of them are over."""

    prepared: Prepared
    tracks: Sequence[Track]
    painters: Sequence[Painter | None]
    binary: bool
    granted: int = -1
    turn: int = 0

    def __post_init__(self) -> None:
        self.running = set(range(len(self.tracks)))

    def due(self) -> list[int]:
        """The runs that may go on, the one whose turn it is first."""
        count = len(self.tracks)
        order = (number % count for number in range(self.turn, self.turn + count))
        return [index for index in order if index in self.running and self._may_go_on(index)]

    def _may_go_on(self, index: int) -> bool:
        return self.painting(index) or self.tracks[index].made < self.granted

    def painting(self, index: int) -> bool:
        """A picture of a row that was sent is due, and comes before the run's next row or its end."""
        painter = self.painters[index]
        return painter is not None and painter.busy

    def produce(self, index: int, settings: Settings) -> Steps | Regions | None:
        """The run's next rows, or one more band of its picture."""
        painter = self.painters[index]
        if painter is not None and painter.busy:
            return painter.paint()
        first, columns = self.tracks[index].make(self.granted, settings.slice_seconds, SLICE_NUMBERS)
        steps = Steps(index, first, columns, self.binary)
        return steps if steps.count else None


class Session:
    """One viewer's session: `receive` what it says, `produce` what it gets."""

    def __init__(self, settings: Settings, clock: Clock = perf_counter) -> None:
        self.settings = settings
        self.clock = clock
        self.allowance = Allowance(settings.messages_a_second, settings.message_burst, clock())
        self.replies: deque[Outgoing] = deque()
        self.race: Race | None = None
        self.closed = False

    @property
    def full(self) -> bool:
        """So many replies wait that nothing more should be received."""
        return len(self.replies) >= MOST_REPLIES

    @property
    def working(self) -> bool:
        """There is something to produce."""
        return bool(self.replies) or (self.race is not None and bool(self.race.due()))

    def receive(self, text: str | bytes) -> None:
        """Take one message; whatever it is, the answer is a reply and never an exception."""
        if self.closed:
            return
        if not self.allowance.take(self.clock()):
            rate, burst = self.settings.messages_a_second, self.settings.message_burst
            self._close(1008, f"more than {rate:g} messages a second (bursts of {burst})")
        elif isinstance(text, bytes):
            self._close(1003, "messages are text frames of JSON")
        else:
            self._follow(text)

    def produce(self) -> Outgoing | None:
        """The next message for the viewer; None while there is nothing that may be sent."""
        if self.replies:
            return self.replies.popleft()
        if self.race is None or not (due := self.race.due()):
            return None
        race, index = self.race, due[0]
        race.turn = index + 1
        message = race.produce(index, self.settings)
        track = race.tracks[index]
        if track.over and not race.painting(index):
            race.running.remove(index)
            self.replies.append(Ended(index, track.status))
        return message or (self.replies.popleft() if self.replies else None)

    def _follow(self, text: str) -> None:
        identity = None
        try:
            body = _read(text)
            identity = _identity(body)
            message = Incoming.validate_python(body)
            if isinstance(message, Open):
                self._open(message)
            else:
                self._advance(message)
        except ValidationError as error:
            self.replies.append(Refused(InvalidError(_message_faults(error)), identity))
        except ProblemError as error:
            self.replies.append(Refused(error, identity))

    def _open(self, message: Open) -> None:
        prepared = prepare(message.spec)
        pictures = painters(message.regions, prepared, message.from_)
        columns = [prepared.columns(run) for run in range(len(prepared.walks))]
        tracks = [
            Track(walk, names, message.from_, self.clock, painter)
            for walk, names, painter in zip(prepared.walks, columns, pictures, strict=True)
        ]
        self.race = Race(prepared, tracks, pictures, message.encoding == "binary")
        self.replies.append(Opened(prepared.spec, links.write(prepared.spec), columns, message.id))

    def _advance(self, message: Advance) -> None:
        if self.race is None:
            raise InvalidError([Fault("type", "comes before any open: send an open with a spec first.", "not_open")])
        self.race.granted = max(self.race.granted, message.until)

    def _close(self, code: int, reason: str) -> None:
        self.closed = True
        self.race = None
        self.replies.append(Closed(code, reason))


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "too deep, or too long a number"
        raise ProblemError(400, f"The message is not JSON: {reason}.", name="not-json") from None


def _identity(body: object) -> Any:
    """The id of a message that may be refused, so that the viewer knows which one it was."""
    found = body.get("id") if isinstance(body, dict) else None
    return found if isinstance(found, (str, int)) and len(str(found)) <= 64 else None


def _message_faults(error: ValidationError) -> tuple[Fault, ...]:
    """Faults of the spec have the same paths as over HTTP: from the spec on."""
    return tuple(
        fault
        for entry in error.errors()
        for fault in faults([entry], skip=2 if entry["loc"][1:2] == ("spec",) and len(entry["loc"]) > 2 else 1)
    )
