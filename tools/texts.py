"""The texts that people read, found in code, templates and scripts, and their catalogs: for tools/locales."""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("zh",)  # beside English, the source

METHODS = [
    ("app/**.py", "python"),
    ("core/**.py", "python"),
    ("templates/**", "jinja2.ext:babel_extract"),
    ("static/js/**.js", "javascript"),
]
KEYWORDS = {"_": None, "mark": None, "t": None, "parts": None}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def extract(root: Path) -> Catalog:
    """Every text: `mark` and `_` in Python, `_` in templates, `t` and `parts` in scripts."""
    found = Catalog(charset="utf-8")
    for pattern, method in METHODS:
        top = pattern.split("/")[0]
        keywords = {name: KEYWORDS[name] for name in (("t", "parts", "mark") if top == "static" else ("_", "mark"))}
        below = pattern.removeprefix(f"{top}/")
        rows = extract_from_dir(root / top, [(below, method)], {below: {"encoding": "utf-8"}}, keywords=keywords)
        for file, _line, message, comments, context in rows:
            if "vendor/" not in file and message:
                found.add(message, None, [(f"{top}/{file}", 0)], auto_comments=comments, context=context)
    return found


def file_of(root: Path, language: str) -> Path:
    """A language's catalog."""
    return root / "locales" / language / "LC_MESSAGES" / "messages.po"


def read(root: Path, language: str) -> Catalog:
    """A language's catalog; empty when there is none yet."""
    file = file_of(root, language)
    if not file.is_file():
        return Catalog(locale=language, charset="utf-8")
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def update(root: Path) -> dict[str, int]:
    """Write each catalog anew with the texts there are; tells how many lack a translation."""
    template = extract(root)
    missing = {}
    for language in LANGUAGES:
        known = {message.id: message.string for message in read(root, language)}
        fresh = Catalog(
            locale=language, charset="utf-8", fuzzy=False, header_comment="# Steepest: texts and their translations."
        )
        for message in sorted((m for m in template if m.id), key=lambda m: (m.locations, str(m.id))):
            files = [(file, 0) for file in dict.fromkeys(file for file, _ in message.locations)]
            fresh.add(message.id, known.get(message.id, ""), files)
        buffer = BytesIO()
        write_po(buffer, fresh, width=120, sort_by_file=True, include_lineno=False, omit_header=False)
        text = re.sub(
            r'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Project-Id-Version|Report-Msgid-Bugs-To|Language-Team):.*\n',
            "",
            buffer.getvalue().decode(),
            flags=re.M,
        )
        file_of(root, language).parent.mkdir(parents=True, exist_ok=True)
        file_of(root, language).write_text(text, encoding="utf-8")
        missing[language] = sum(1 for message in fresh if message.id and not message.string)
    return missing


def problems(root: Path) -> list[str]:
    """One line for each text that is not translated as it should be."""
    template = extract(root)
    return [line for language in LANGUAGES for line in _problems(template, read(root, language))]


def _problems(template: Catalog, catalog: Catalog) -> Iterator[str]:
    for message in template:
        if not message.id:
            continue
        there = catalog.get(message.id)
        if there is None or not there.string:
            yield f"not translated: {message.id!r} ({message.locations[0][0]})"
        elif there.fuzzy:
            yield f"in doubt: {message.id!r}"
        elif set(PLACEHOLDER.findall(str(message.id))) != set(PLACEHOLDER.findall(str(there.string))):
            yield f"other placeholders: {message.id!r} -> {there.string!r}"
    for message in catalog:
        if message.id and template.get(message.id) is None:
            yield f"no longer there: {message.id!r}"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["update"]:
            for each, lacking in update(ROOT).items():
                print(f"{each}: {lacking} texts without a translation")
        case ["check"]:
            found = problems(ROOT)
            print("\n".join(found) or "every text is translated")
            sys.exit(bool(found))
        case _:
            sys.exit("tools/locales update | check")
