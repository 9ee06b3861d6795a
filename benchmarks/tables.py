"""Figures beside their bars, as a table that is kept in docs/benchmarks.md."""

import os
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = "| figure | measured | must be at most | | on |\n|---|---|---|---|---|"


@dataclass
class Table:
    """What was measured, beside what it must be."""

    rows: dict[str, str] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    load: tuple[float, float, float] = field(default_factory=os.getloadavg)  # before anything was measured

    def add(self, name: str, value: float, unit: str, bar: float | None = None) -> None:
        """A figure; without a bar it is only told."""
        good = "" if bar is None else "met" if value <= bar else "**missed**"
        told, limit = f"{value:.3g} {unit}", "" if bar is None else f"{bar:g} {unit}"
        self.rows[name] = f"| {name} | {told} | {limit} | {good} | {datetime.now(UTC):%Y-%m-%d} |"
        self.missed += [name] if good == "**missed**" else []
        print(f"  {name}: {told} (bar {limit or '-'}) {good}", flush=True)

    def text(self, earlier: str = "") -> str:
        """The table; rows of an earlier one that were not measured again stay."""
        kept = dict(_rows(earlier))
        return "\n".join([HEAD, *(self.rows.get(name, row) for name, row in {**kept, **self.rows}.items())])

    def keep(self, section: str) -> None:
        """Write the table into its section of docs/benchmarks.md."""
        text = PAGE.read_text(encoding="utf-8")
        pattern = re.compile(rf"(?<=<!-- {section} -->\n).*?(?=<!-- end of {section} -->)", re.S)
        found = pattern.search(text)
        assert found, f"docs/benchmarks.md has no section {section}"
        load = ", ".join(f"{value:.1f}" for value in self.load)
        versions = f"Python {platform.python_version()}, uvicorn {version('uvicorn')}"
        head = f"{processors()}, {versions}; load before the last measurement: {load}."
        PAGE.write_text(pattern.sub(lambda _: f"{head}\n\n{self.text(found[0])}\n", text), encoding="utf-8")


def _rows(table: str) -> Iterator[tuple[str, str]]:
    for row in table.splitlines():
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) == 7 and cells[1] not in ("figure", "---"):
            yield cells[1], row


def processors() -> str:
    """How many processors of which kind."""
    names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return f"{len(names)} x {names[0]}" if names else platform.machine()
