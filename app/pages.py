"""The pages: templates, the reader's language, and the spec that the address asks for."""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError

from app import grids, links
from app.assets import Assets, accepts_gzip
from app.catalog import catalog
from app.paths import folder
from app.problems import MOST_FAULTS, Fault, InvalidError, faults
from app.runs import Prepared, prepare
from app.scenes import SCENES, Scene
from app.settings import Settings
from app.spec import Spec
from app.translation import LANGUAGES, Say, choose, script_messages, translator
from core.settings import unknown
from core.words import mark

PAGES = (
    ("/", "descent", mark("Descent")),
    ("/losses", "losses", mark("Losses")),
    ("/classify", "classify", mark("Classify")),
    ("/batches", "batches", mark("Batches")),
    ("/backprop", "backprop", mark("Backprop")),
)
IMPORT = re.compile(r"""^(?:import|export)(?:\s[^;]*?|\{[^}]*\}from)["'](\.[^"']+)["'];""", re.M)
IMPORT_LATER = re.compile(r"""\bimport\(["'](\.[^"']+)["']\)""")
Query = Sequence[tuple[str, str]]
AskedFor = Callable[[str, Query], dict[str, Any]]  # a page's name and its query -> what its scripts get
PLACE = re.compile(r"^([a-z_]+)(?:\[(\d+)\])?")


def router(assets: Assets, settings: Settings) -> APIRouter:
    """Every page's address."""
    routes = APIRouter()
    loader = FileSystemLoader(folder("templates"))
    templates = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates.globals["static"] = assets.url

    pages: list[tuple[str, str, AskedFor]] = [(address, name, _asked_for) for address, name, _words in PAGES]
    for address, name, asked_for in (*pages, ("/embed", "embed", _embedded)):
        page = _page(templates, assets, address, name, asked_for)
        routes.add_api_route(address, page, methods=["GET"], include_in_schema=False)
    return routes


def _page(templates: Environment, assets: Assets, address: str, name: str, asked_for: AskedFor) -> Any:
    modules = imported(assets, f"js/views/{name}_page.js")

    def page(request: Request) -> Response:
        asked = request.query_params.get("lang")
        language = choose(asked, request.headers.get("accept-language"))
        say = translator(language)
        body = templates.get_template(f"{name}.html").render(
            _=say,
            language=language,
            page_name=name,
            pages=PAGES,
            modules=modules,
            here=lambda path: f"{path}?lang={asked}" if asked in LANGUAGES else path,
            other_language=_other(language, address, request.query_params.multi_items()),
            data={
                "language": language,
                "messages": script_messages(language),
                "tokens": _tokens(assets),
                "catalog": _catalog(language),
                "scenes": _scenes(name, language),
                "version": assets.version,
                **asked_for(name, request.query_params.multi_items()),
            },
        )
        return _answer(body, language, request)

    return page


def _answer(body: str, language: str, request: Request) -> Response:
    """The page, compressed where the browser takes that."""
    headers = {"Vary": "Accept-Language, Accept-Encoding", "Content-Language": language, "Cache-Control": "no-cache"}
    content = body.encode()
    if accepts_gzip(request):
        content, headers["Content-Encoding"] = gzip.compress(content, 6, mtime=0), "gzip"
    return Response(content, headers=headers, media_type="text/html")


def _other(language: str, address: str, query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The same page in the other language."""
    other = next(name for name in LANGUAGES if name != language)
    kept = [(name, value) for name, value in query if name != "lang"]
    return {
        "address": f"{address}?{urlencode([*kept, ('lang', other)], safe=links.SAFE)}",
        "lang": "zh-CN" if other == "zh" else other,
        "name": LANGUAGES[other],
    }


# What the address asks for


@dataclass(frozen=True)
class Asked:
    """The spec to open, complete, and what of the address was not understood."""

    prepared: Prepared
    ignored: tuple[Fault, ...]


def _asked_for(page: str, query: Query) -> dict[str, Any]:
    return _told(page, understand(query, opening(page)), query)


def _embedded(page: str, query: Query) -> dict[str, Any]:
    """The same for one figure of Descent or of any other page's link, with the figure that is to be seen."""
    figure = next((value for name, value in query if name == "figure"), None)
    rest = [(name, value) for name, value in query if name != "figure"]
    asked = understand(rest, opening("descent"))
    fitting = figures(asked.prepared)
    told = _told(page, asked, rest)
    for run in told["spec"]["runs"]:
        run.pop("columns", None)  # a figure needs the parameters and the loss, whatever a program picked
    if figure is not None and figure not in fitting:
        wrong = Fault("figure", unknown("figure", figure[:60], fitting), "unknown", {"known": [*fitting]})
        told["ignored"].append(wrong.body())
    return {**told, "figure": figure if figure in fitting else fitting[0], "drawn": len(fitting) > 1}


def figures(prepared: Prepared) -> tuple[str, ...]:
    """The figures that fit: a function of two parameters is a map, of one a curve, and every run has a loss."""
    drawn = {run.problem.model_dump_json(exclude={"noise"}) for run in prepared.spec.effective() if run.problem}
    count = len(grids.variables(prepared.walks[0].problem)) if len(drawn) == 1 else 0
    return {1: ("curve", "loss"), 2: ("contour", "surface", "loss")}.get(count, ("loss",))


def _told(page: str, asked: Asked, query: Query) -> dict[str, Any]:
    spec = asked.prepared.spec
    return {
        "spec": spec.body(),
        "link": _link(page, spec),
        "asked": any(name in links.SPEC for name, _ in query),
        "ignored": [fault.body() for fault in asked.ignored[:MOST_FAULTS]],
    }


def _link(page: str, spec: Spec) -> str | None:
    """The address of a spec on this page: Descent and Backprop show problems that belong to others, too.

    What is embedded belongs to the page that the spec says.
    """
    link = links.write(spec)
    path = next((path for path, name, _ in PAGES if name == page), None)
    return f"{path}?{link.partition('?')[2]}" if link and path else link


def opening(page: str) -> dict[str, Any]:
    """The spec of the scene that a page opens on."""
    return next(scene.spec for scene in SCENES if scene.page == page)


def understand(query: Sequence[tuple[str, str]], default: dict[str, Any]) -> Asked:
    """The spec of a query, whatever the query is: what cannot be used is left out, and said.

    What the query does not say comes from the page's opening scene.
    """
    pairs = list(query)
    ignored: dict[tuple[str, str], Fault] = {}
    while True:
        try:
            reading = links.read(pairs)
            return Asked(prepare(_spec(_filled(reading.body, default))), (*ignored.values(), *reading.ignored))
        except InvalidError as error:
            kept = _without(pairs, error.faults)
            if len(kept) == len(pairs):  # nothing to blame: open what the page opens on
                kept = [pair for pair in pairs if pair[0] not in links.SPEC]
            if len(kept) == len(pairs):
                raise
            ignored |= {(fault.field, fault.message): fault for fault in error.faults}
            pairs = kept


def _spec(body: dict[str, Any]) -> Spec:
    try:
        return Spec.model_validate(body)
    except ValidationError as error:
        raise InvalidError(faults(error.errors())) from None


def _filled(body: dict[str, Any], default: dict[str, Any]) -> dict[str, Any]:
    """What is not said comes from the default; another problem has its own start and its own runs' problems."""
    if not body:
        return default
    filled = {**default, **body}
    if "problem" in body:
        filled.pop("start") if "start" in default and "start" not in body else None
        if "runs" not in body:
            own = ("problem", "start")
            filled["runs"] = [{k: v for k, v in run.items() if k not in own} for run in default["runs"]]
    if "runs" in body:
        if all("problem" in run for run in body["runs"]):
            filled.pop("problem", None) if "problem" not in body else None
        filled.pop("changes", None) if "changes" not in body else None
        for name in ("start", "seed", "batch"):
            if name not in body:
                filled.pop(name, None)
        if "steps" not in body:
            filled.pop("steps", None)
    return filled


def _without(pairs: Sequence[tuple[str, str]], found: Iterable[Fault]) -> list[tuple[str, str]]:
    """The query without what the faults name: a field, or the run or change of that number."""
    gone: set[tuple[str, int | None]] = set()
    for fault in found:
        place = PLACE.match(fault.field)
        name = place[1] if place else ""
        number = int(place[2]) if place and place[2] else None
        gone |= {(each, number) for each in _names(name)}
    kept = []
    seen: dict[str, int] = {}
    for name, value in pairs:
        number = seen.get(name, 0)
        seen[name] = number + 1
        if (name, None) not in gone and (name, number) not in gone:
            kept.append((name, value))
    return kept


def _names(field: str) -> tuple[str, ...]:
    """The names in a query that a field of the spec comes from."""
    match field:
        case "runs":
            return ("run",)
        case "changes":
            return ("change",)
        case "problem":
            return links.PROBLEM
        case _:
            return (field, "spec") if field == "spec" else (field,)


# What every page carries


@cache
def _catalog(language: str) -> dict[str, Any]:
    return catalog(translator(language))


@cache
def _tokens(assets: Assets) -> dict[str, Any]:
    tokens: dict[str, Any] = json.loads((assets.directory / "tokens.json").read_text(encoding="utf-8"))
    return tokens


@cache
def _scenes(page: str, language: str) -> list[dict[str, Any]]:
    say = translator(language)
    return [_scene(scene, say) for scene in SCENES if scene.page == page]


def _scene(scene: Scene, say: Say) -> dict[str, Any]:
    """A scene with its texts in the reader's language, its complete spec and its link."""
    spec = prepare(_spec(scene.spec)).spec
    return {**scene.body(say), "spec": spec.body(), "link": _link(scene.page, spec)}


def imported(assets: Assets, entry: str) -> list[str]:
    """The scripts that `entry` imports, and what they import: to be fetched before they are asked for.

    What the entry itself imports in mid-run it wants at once; what others do is for a person to ask for.
    """
    found: list[str] = []
    waiting = [entry]
    while waiting:
        path = waiting.pop(0)
        file = assets.find(path)
        if path in found or file is None:
            continue
        found.append(path)
        text = file.read_text(encoding="utf-8")
        for relative in IMPORT.findall(text) + (IMPORT_LATER.findall(text) if path == entry else []):
            parts: list[str] = []
            for part in (PurePosixPath(path).parent / relative).parts:
                if part == "..":
                    parts.pop()
                elif part != ".":
                    parts.append(part)
            waiting.append("/".join(parts))
    return found[1:]
