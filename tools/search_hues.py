"""How far apart the hues of static/tokens.json are, also to the colour-blind, and a search for one more.

`python tools/search_hues.py` prints the smallest distance of any pair; `... search` proposes a new hue.
Distances are in OKLab (times 100); deficiencies are simulated with Machado, Oliveira and Fernandes (2009).
"""

import itertools
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TOKENS = json.loads((Path(__file__).parents[1] / "static" / "tokens.json").read_text())
MACHADO = {
    "none": np.eye(3),
    "deuter": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}
TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(colour: str) -> Array:
    """Linear sRGB of `#rrggbb`."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def oklab(rgb: Array) -> Array:
    """OKLab of linear sRGB."""
    return TO_LAB @ np.cbrt(TO_LMS @ np.clip(rgb, 0, 1))


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours."""
    high, low = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) + 0.05 for c in (one, other)), reverse=True)
    return high / low


def distance(one: str, other: str, deficiency: str) -> float:
    """OKLab distance, times 100, as someone with the deficiency sees it."""
    m = MACHADO[deficiency]
    return 100 * float(np.linalg.norm(oklab(m @ linear(one)) - oklab(m @ linear(other))))


def smallest(hues: list[str]) -> dict[str, float]:
    """The smallest distance of any pair, for each kind of sight."""
    pairs = list(itertools.combinations(hues, 2))
    return {kind: round(min(distance(a, b, kind) for a, b in pairs), 1) for kind in MACHADO}


def search(theme: str, taken: list[str]) -> tuple[float, str]:
    """The colour farthest from those taken that reads as text (4.5:1) and as a line on the surface (3:1)."""
    best = (0.0, "")
    for r, g, b in itertools.product(range(0, 256, 12), repeat=3):
        colour = f"#{r:02x}{g:02x}{b:02x}"
        if contrast(colour, TOKENS[theme]["paper"]) < 4.5:
            continue
        if min(contrast(colour, stop) for stop in TOKENS[theme]["surface"]) < 3:
            continue
        seen = oklab(linear(colour))
        if np.linalg.norm(seen[1:]) < 0.05 or seen[0] < 0.3:  # a path must not look like an axis
            continue
        worst = min(distance(colour, other, kind) for other in taken for kind in MACHADO)
        best = max(best, (worst, colour))
    return best


if __name__ == "__main__":
    for name in ("light", "dark"):
        present = [TOKENS[name][family] for family in TOKENS["families"] if family in TOKENS[name]]
        print(name, smallest(present))
        if sys.argv[1:] == ["search"]:
            for _ in range(2):
                found = search(name, present)
                present.append(found[1])
                print("  one more:", found)
