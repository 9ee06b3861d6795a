"""Languages: English is the source, the others stand in locales/<language>/LC_MESSAGES/messages.po.

A catalog is read once, when it is first asked for; nothing compiled is kept in the repository.
"""

from collections.abc import Callable
from functools import cache

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from app.paths import folder

LANGUAGES = {"en": "English", "zh": "简体中文"}
Say = Callable[[str], str]


@cache
def catalog(language: str) -> Catalog:
    """The translations into a language; English has none."""
    file = folder("locales") / language / "LC_MESSAGES" / "messages.po"
    if language == "en" or not file.is_file():
        return Catalog(locale=language)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


@cache
def translations(language: str) -> dict[str, str]:
    """{English: translation}, of what is translated and not in doubt."""
    return {
        message.id: message.string
        for message in catalog(language)
        if isinstance(message.id, str) and message.id and isinstance(message.string, str) and message.string
        if not message.fuzzy
    }


@cache
def script_messages(language: str) -> dict[str, str]:
    """The translations of what the scripts say, which a page carries along."""
    known = translations(language)
    return {
        str(message.id): known[str(message.id)]
        for message in catalog(language)
        if str(message.id) in known and any(file.startswith("static/js/") for file, _ in message.locations)
    }


def translator(language: str) -> Say:
    """A function from an English text to the text in the language; an unknown text stays English.

    >>> translator("en")("Descent")
    'Descent'
    """
    known = translations(language)
    return lambda text: known.get(text, text)


def choose(asked: str | None, accepted: str | None) -> str:
    """The language of an answer: what the address asks for, else the best that the browser accepts.

    >>> choose(None, "de-CH, zh-TW;q=0.8, en;q=0.5"), choose("en", "zh"), choose(None, None)
    ('zh', 'en', 'en')
    """
    if asked in LANGUAGES:
        return asked
    wanted = []
    for part in (accepted or "")[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        if weight > 0:
            wanted.append((weight, tag.strip()))
    preferred = [tag for _, tag in sorted(wanted, key=lambda item: -item[0])]
    bases = [tag.split("-")[0].lower() for tag in preferred]
    return negotiate_locale(bases, list(LANGUAGES)) or "en"
