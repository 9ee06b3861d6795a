"""Where the files beside the code are: in the repository's root, or inside `app` once installed."""

from pathlib import Path


def folder(name: str) -> Path:
    """The directory `static`, `templates` or `locales`.

    >>> folder("templates").name
    'templates'
    """
    installed = Path(__file__).parent / name
    return installed if installed.is_dir() else Path(__file__).parent.parent / name
