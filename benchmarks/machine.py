"""The machine that a benchmark runs on."""

import platform
import re
from pathlib import Path


def processor() -> str:
    """The processor's name, and how many of it there are."""
    names = re.findall(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text()) or [platform.processor()]
    return f"{len(names)} x {names[0]}"
