"""A process that another one started does not outlive it."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from threading import Thread


def watch_parent(end: Callable[[], object]) -> None:
    """Call `end` when the process that started this one is no more, even where it could not tell: it was killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        end()

    Thread(target=wait, name="lifeline", daemon=True).start()


def end_with_parent() -> None:
    """End at once, in the middle of whatever is done."""
    watch_parent(lambda: os._exit(1))


def stop_with_parent() -> None:
    """End as if told to, so that viewers are told in turn."""
    watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
