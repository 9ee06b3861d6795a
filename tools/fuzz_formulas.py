"""Fuzz the readers of formulas and rules for some seconds: each text is refused with a column, or runs to finite rows.

    python tools/fuzz_formulas.py [SECONDS] [SEED]

Texts are pieces of the language put together, and the hostile corpus cut, doubled, spliced and sprinkled. Prints what
was tried and the slowest of each kind; ends with 1 and the text where anything else happened.
"""

import json
import random
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pydantic import ValidationError  # noqa: E402

from app.problems import InvalidError  # noqa: E402
from app.runs import prepare  # noqa: E402
from app.spec import Spec  # noqa: E402

CORPUS: list[str] = json.loads((ROOT / "tests" / "app" / "hostile_formulas.json").read_text(encoding="utf-8"))
SIGNS = "xy1290.+-*/^(),=²³·−πθ \n;gtmv（ｘ\u200b"
WORDS = [
    "**",
    "1e308",
    "1e-320",
    "0.5",
    "exp(",
    "log(",
    "sqrt(",
    "max(",
    "min(",
    "abs(",
    "sigmoid(",
    "norm(g)",
    "memory",
    "pi",
    "e",
    "asin(",
    "tanh(",
    "__",
]
PIECES = [*SIGNS, *WORDS, "memory ", "x = ", "x = x - lr*g"]
OUTCOMES = ("refused", "ran")


def built(chance: random.Random) -> str:
    """Pieces of the language, in no order."""
    return "".join(chance.choices(PIECES, k=chance.randint(0, 60)))


def mutated(chance: random.Random) -> str:
    """A text of the corpus, damaged."""
    text = chance.choice(CORPUS)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randint(0, len(text)), chance.choice(CORPUS)
        text = chance.choice(
            [
                text[:at] + chance.choice(PIECES) + text[at:],
                text[:at] + text[at + chance.randint(1, 5) :],
                text[:at] + other[chance.randint(0, len(other)) :],
                text + text[at:],
                text[:at] + chr(chance.randint(1, 0x2FFF)) + text[at:],
            ]
        )[:1200]
    return text


def grown(chance: random.Random, depth: int = 4) -> str:
    """A text that reads well, whatever it computes."""
    if depth == 0 or chance.random() < 0.15:
        return chance.choice(["x", "y", "g", "2", "0.5", "1e308", "0", "-1", "pi", "x²"])
    left, right = grown(chance, depth - 1), grown(chance, depth - 1)
    form = chance.choice(["({0} + {1})", "{0}*{1}", "({0}/{1})", "({0})**{1}", "max({0}, {1})", "{2}({0})", "-{0}"])
    return form.format(left, right, chance.choice(["exp", "log", "sqrt", "sin", "acos", "abs", "softplus", "relu"]))


def formula(text: str) -> dict[str, Any]:
    return {"problem": {"kind": "formula", "formula": text}, "steps": 5, "runs": [{"optimizer": "sgd"}]}


def rule(text: str) -> dict[str, Any]:
    run = {"rule": text, "settings": {"lr": 0.1}}
    return {"problem": {"kind": "surface", "name": "bowl"}, "steps": 5, "runs": [run]}


def follow(body: dict[str, Any]) -> str:
    """How it went; raises what a viewer must never see."""
    try:
        prepared = prepare(Spec.model_validate(body))
    except InvalidError as error:
        if not all(fault.field and fault.message and fault.code for fault in error.faults):
            raise
        return "refused"
    except ValidationError:
        return "refused"
    for walk in prepared.walks:
        rows = walk.advance(5)
        assert walk.status.state != "running", walk.status
        assert all(abs(value) < float("inf") for column in rows.values() for value in column), "a row is not finite"
    return "ran"


def fuzz(seconds: float, seed: int) -> int:
    """Try texts until the time is up; the number of texts, or the text that failed and an exit."""
    chance = random.Random(seed)  # noqa: S311 (texts, not secrets)
    tried, counts, slowest = 0, dict.fromkeys(OUTCOMES, 0), dict.fromkeys(OUTCOMES, (0.0, ""))
    for text in CORPUS:  # the corpus itself, so that its slowest is measured too
        tried += measure(text, counts, slowest)
    until = perf_counter() + seconds
    while perf_counter() < until:
        tried += measure(chance.choice((built, mutated, grown))(chance), counts, slowest)
    print(f"{tried} texts as formula and as rule, seed {seed}: {counts['refused']} refused, {counts['ran']} ran")
    for outcome, (took, text) in slowest.items():
        print(f"slowest that was {outcome}: {1000 * took:.2f} ms, {text[:100]!r}")
    return tried


def measure(text: str, counts: dict[str, int], slowest: dict[str, tuple[float, str]]) -> int:
    """Try a text as both; one that seems slow is timed again, as memory may have been swept meanwhile."""
    for make in (formula, rule):
        try:
            outcome, took = timed(make(text))
            if took > slowest[outcome][0]:
                took = min(took, timed(make(text))[1])
        except Exception:
            print(f"failed as a {make.__name__}: {text!r}")
            raise
        counts[outcome] += 1
        slowest[outcome] = max(slowest[outcome], (took, text))
    return 1


def timed(body: dict[str, Any]) -> tuple[str, float]:
    """How it went, and the seconds of this process alone, whatever else runs."""
    began = process_time()
    return follow(body), process_time() - began


if __name__ == "__main__":
    given = sys.argv[1:]
    fuzz(float(given[0]) if given else 60.0, int(given[1]) if len(given) > 1 else int(perf_counter() * 1e6))
