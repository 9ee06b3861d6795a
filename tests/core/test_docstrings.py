"""Every public name of the engine says what it is, with an example that runs (the examples are tests, too)."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest

import core


def public_names() -> Iterator[tuple[str, Any]]:
    for module in pkgutil.walk_packages(core.__path__, "core."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        assert loaded.__doc__, f"{module.name} has no docstring"
        for name, value in vars(loaded).items():
            if not name.startswith("_") and getattr(value, "__module__", None) == module.name and callable(value):
                yield f"{module.name}.{name}", value


def needs_example(value: Any) -> bool:
    """Protocols are never made, enumerations and type aliases speak for themselves."""
    if inspect.isclass(value):
        return not getattr(value, "_is_protocol", False) and not issubclass(value, Enum)
    return inspect.isfunction(value) or hasattr(value, "__wrapped__")


@pytest.mark.parametrize(("name", "value"), [pair for pair in public_names() if needs_example(pair[1])])
def test_a_public_name_has_an_example(name: str, value: Any) -> None:
    assert ">>>" in (inspect.getdoc(value) or ""), f"{name} wants an example"
