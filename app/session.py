"""The stream's rules, without a socket: what a viewer says goes in, what it gets comes out.

The viewer grants, the engine computes: nothing is made before it is granted, each row goes out once and
in order, and no more is held than the replies not yet taken and one slice of rows.
"""

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from pydantic import ValidationError

from app import links
from app.messages import Advance, Closed, Ended, Incoming, Open, Opened, Outgoing, Refused
from app.problems import MOST_FAULTS, Fault, InvalidError, ProblemError, faults
from app.racing import Race, race
from app.runs import Clock
from app.settings import Settings

SLICE_NUMBERS = 8192  # most numbers in one slice: what JSON takes about 2 ms to write
MOST_REPLIES = 32  # replies that wait; a viewer that takes none is not read from


class Allowance:
    """So much a second, and so much at once.

    >>> allowance = Allowance(rate=20, burst=2, now=0.0)
    >>> [allowance.take(0.0), allowance.take(0.0), allowance.take(0.0), allowance.take(0.05)]
    [True, True, False, True]
    >>> allowance.spend(3, 0.05), allowance.wait(0.05)
    (None, 0.15)
    """

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate, self.burst = rate, burst
        self.left, self.then = burst, now

    def _at(self, now: float) -> float:
        self.left = min(self.burst, self.left + (now - self.then) * self.rate)
        self.then = now
        return self.left

    def take(self, now: float) -> bool:
        """Take one, if it is there."""
        if self._at(now) < 1:
            return False
        self.left -= 1
        return True

    def spend(self, amount: float, now: float) -> None:
        """What was used, even more than was left."""
        self.left = self._at(now) - amount

    def wait(self, now: float) -> float:
        """Seconds until nothing is owed."""
        return max(0.0, -self._at(now) / self.rate)


@dataclass(frozen=True)
class Outcome:
    """What came of an `open`, and the seconds of computing that it took."""

    reply: Opened | Refused
    race: Race | None
    seconds: float


Opening = Callable[[], Outcome]


class Session:
    """One viewer's session: `receive` what it says, `produce` what it gets.

    Preparing an `open` may take long, so `receive` gives it back as an `Opening`: call it, in whatever thread, and
    `settle` what it returns. Nothing more is received until then; what ran before goes on.
    """

    def __init__(self, settings: Settings, clock: Clock = perf_counter) -> None:
        self.settings = settings
        self.clock = clock
        self.messages = Allowance(settings.messages_a_second, settings.message_burst, clock())
        self.computing = Allowance(settings.computing_a_second, settings.computing_burst, clock())
        self.replies: deque[Outgoing] = deque()
        self.race: Race | None = None
        self.closed = False

    @property
    def full(self) -> bool:
        """So many replies wait that nothing more should be received."""
        return len(self.replies) >= MOST_REPLIES

    @property
    def working(self) -> bool:
        """There is something to produce, now."""
        return bool(self.replies) or (self._due and not self.pause)

    @property
    def pause(self) -> float:
        """Seconds until the viewer may have something computed again; 0 for now."""
        return self.computing.wait(self.clock())

    @property
    def waiting(self) -> bool:
        """There is something to compute, but not now."""
        return not self.replies and self._due and self.pause > 0

    @property
    def _due(self) -> bool:
        return self.race is not None and self.race.next() is not None

    def receive(self, text: str | bytes) -> Opening | None:
        """Take one message; whatever it is, the answer is a reply and never an exception."""
        if self.closed:
            return None
        if not self.messages.take(self.clock()):
            rate, burst = self.settings.messages_a_second, self.settings.message_burst
            self._close(1008, f"more than {rate:g} messages a second (bursts of {burst})")
        elif isinstance(text, bytes):
            self._close(1003, "messages are text frames of JSON")
        else:
            return self._follow(text)
        return None

    def settle(self, outcome: Outcome) -> None:
        """Take what came of an `open`; if it was refused, what ran goes on."""
        self.computing.spend(outcome.seconds, self.clock())
        self.replies.append(outcome.reply)
        if outcome.race is not None:
            self.race = outcome.race

    def produce(self) -> Outgoing | None:
        """The next message for the viewer; None while there is nothing that may be sent."""
        if self.replies:
            return self.replies.popleft()
        if self.race is None or (run := self.race.next()) is None:
            return None
        began = self.clock()
        message = self.race.produce(run, self.settings.slice_seconds, SLICE_NUMBERS)
        if run not in self.race.running:
            self.replies.append(Ended(run, self.race.tracks[run].status))
        now = self.clock()
        self.computing.spend(now - began, now)
        return message or (self.replies.popleft() if self.replies else None)

    def _follow(self, text: str) -> Opening | None:
        identity = None
        try:
            body = _read(text)
            identity = _identity(body)
            message = Incoming.validate_python(body)
            if isinstance(message, Open):
                return partial(self._open, message)
            self._advance(message)
        except ValidationError as error:
            self.replies.append(Refused(_refusal(error), identity))
        except ProblemError as error:
            self.replies.append(Refused(error, identity))
        return None

    def _open(self, message: Open) -> Outcome:
        began = self.clock()
        try:
            opened = race(message, self.clock, self.race)
            spec = opened.prepared.spec
            reply: Opened | Refused = Opened(spec, links.write(spec), opened.columns, message.id)
        except ProblemError as error:
            return Outcome(Refused(error, message.id), None, self.clock() - began)
        return Outcome(reply, opened, self.clock() - began)

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


def _refusal(error: ValidationError) -> InvalidError:
    """Faults of the spec have the same paths as over HTTP: from the spec on."""
    entries = error.errors(include_url=False)[:MOST_FAULTS]
    return InvalidError(
        (fault for entry in entries for fault in faults([entry], _outside(entry["loc"]))), error.error_count()
    )


def _outside(location: Sequence[str | int]) -> int:
    return 2 if location[1:2] == ("spec",) and len(location) > 2 else 1
