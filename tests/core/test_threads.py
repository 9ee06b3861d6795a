"""Matrix products run on one thread, so that a run has the same bits however many cores there are."""

import os
import subprocess
import sys

DIGEST = """
import hashlib, core
from core.problems import make_problem
from core.running import Run
problem = make_problem("network", dataset={"name": "moons", "count": 2000}, hidden=[32, 32], activation="tanh",
                       output="sigmoid", loss="ce")
rows = Run(problem, "adam", steps=20, seed=3).advance(20)
print(hashlib.sha256(b"".join(column.tobytes() for column in rows.values())).hexdigest())
"""


def test_processes_with_other_thread_counts_agree_to_the_last_bit() -> None:
    digests = set()
    for threads in ("1", "2", None):
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
        if threads:
            environment["OMP_NUM_THREADS"] = threads
        done = subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True, timeout=120
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1
