"""Figures as Plotly's JSON, for notebooks and hand-outs: drawn from the same colours and dashes as the pages.

A figure is plain JSON values, which `plotly.io.from_json` reads; a hand-out is one file with everything inside.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response

from app import examples, grids, links
from app.api import Streamed, checked_link
from app.assets import Assets
from app.catalog import Say
from app.encoding import packed, pieces
from app.negotiation import caching, held, not_modified, tag
from app.problems import Fault, InvalidError
from app.runs import Columns, Made, Prepared, make_problem, prepare
from app.settings import Settings
from app.spec import Spec
from app.trajectories import check_work
from app.translation import choose, translator
from app.turns import Beside
from core.optimizers import OPTIMIZERS
from core.problems.problem import FormulaProblem
from core.running import Run as Walk
from core.words import mark

Json = dict[str, Any]
Theme = Literal["light", "dark"]
Named = Literal["descent", "contour", "surface", "loss", "losses"]
SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data: blob:"
)
PLOTLY = "vendor/plotly-4.1.1/plotly.js"
STRETCH = 200_000  # numbers made at a time
MARGIN = {"l": 48, "r": 24, "t": 48, "b": 40}


@dataclass(frozen=True)
class Drawing:
    """What every figure of a spec is drawn from."""

    prepared: Prepared
    made: Made | None
    rows: Sequence[Columns]
    tokens: Mapping[str, Any]
    theme: Theme
    say: Say

    @property
    def colours(self) -> Mapping[str, Any]:
        colours: Mapping[str, Any] = self.tokens[self.theme]
        return colours

    def name(self, index: int) -> str:
        """A run's name with its rate."""
        run = self.prepared.spec.runs[index]
        title = self.say(OPTIMIZERS[run.optimizer].title) if run.optimizer else self.say(mark("Your own rule"))
        return f"{title} η = {run.settings['lr']:g}" if "lr" in run.settings else title

    def style(self, index: int) -> Json:
        """A run's colour and dash: hue is the family, the dash the member; one met again takes the next dash."""
        runs = self.prepared.spec.runs
        own: Json = {"family": "own", "dash": "solid", "symbol": "circle"}
        token = self.tokens["optimizers"].get(runs[index].optimizer, own)
        before = sum(run.optimizer == runs[index].optimizer for run in runs[:index])
        dashes = list(self.tokens["dashes"])
        dash = dashes[(dashes.index(token["dash"]) + before) % len(dashes)]
        return {"color": self.colours[token["family"]], "dash": dash, "width": 2}


def router(settings: Settings, assets: Assets, beside: Beside) -> APIRouter:
    """The call that draws."""
    routes = APIRouter()

    def linked(request: Request) -> Spec:
        return checked_link(request, (*links.VIEW, "theme"))

    @routes.get("/figures/{figure}", responses=examples.FIGURE, openapi_extra=examples.LINK_QUERY)
    async def get_figure(
        request: Request,
        figure: Named,
        spec: Annotated[Spec, Depends(linked)],
        form: Annotated[Literal["json", "html"], Query(alias="format", description="html: a hand-out")] = "json",
        theme: Annotated[Theme, Query(description="colours")] = "light",
    ) -> Response:
        """A figure of the runs of a link, as Plotly's JSON or as a file to hand out."""
        language = choose(request.query_params.get("lang"), request.headers.get("accept-language"))

        def work() -> Response:
            prepared = prepare(spec)
            check(prepared, settings)
            entity = tag("figure", figure, prepared.spec.body(), form, theme, language, assets.version)
            if held(request, entity):
                return not_modified(entity, "Accept-Language")
            drawing = Drawing(prepared, _drawn(prepared), shown(prepared), tokens(assets), theme, translator(language))
            drawn = FIGURES[figure](drawing)
            headers = caching(entity, "Accept-Language")
            if form == "json":
                return Streamed(packed(pieces(drawn)), headers=headers, media_type="application/json")
            headers["Content-Disposition"] = f'attachment; filename="steepest-{figure}.html"'
            headers["Content-Security-Policy"] = SANDBOX
            parts = packed(hand_out(drawn, drawing, assets, language))
            return Streamed(parts, headers=headers, media_type="text/html")

        return await beside(work)

    return routes


def check(prepared: Prepared, settings: Settings) -> None:
    """Refuse what is too much work, before any of it is done."""
    check_work(sum(walk.plan.steps * prepared.step_cost(walk) for walk in prepared.walks), settings)


@cache
def tokens(assets: Assets) -> Mapping[str, Any]:
    """Colours and dashes."""
    found: Mapping[str, Any] = json.loads((assets.directory / "tokens.json").read_text(encoding="utf-8"))
    return found


def shown(prepared: Prepared) -> list[Columns]:
    """What a figure may show of each run."""
    return [_rows(walk) for walk in prepared.walks]


def _rows(walk: Walk) -> Columns:
    """The columns that are drawn, made in stretches: all columns of a large model together would be gigabytes."""
    places = walk.problem.parameters if isinstance(walk.problem, FormulaProblem) else ()
    names = [name for name in walk.columns if name in ("step", "loss", *SEEN, *places)]
    stretch = max(1, STRETCH // len(walk.columns))
    parts: list[Columns] = []
    while not parts or walk.status.state == "running":
        made = walk.advance(stretch)
        parts.append({name: made[name].copy() for name in names})
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


def _drawn(prepared: Prepared) -> Made | None:
    """The function that the runs descend, where it is one and can be drawn."""
    found = [run.problem for run in prepared.spec.effective() if run.problem]
    made = make_problem(found[0])
    same = all(problem == found[0] for problem in found) or prepared.spec.problem is not None
    return made if same and isinstance(made.engine, FormulaProblem) else None


def _map_of(drawing: Drawing) -> Json:
    if drawing.made is None:
        raise InvalidError([Fault("problem", "has no surface to draw; ask for the figure `loss`.", "no_surface")])
    return grids.grid(drawing.made)


def heights(z: Any, grid: Json) -> Any:
    """The scale that is drawn: the values, or decades above the minimum."""
    if grid["height"] != "log" or grid["minimum"] is None:
        return z
    return np.log10(np.maximum(np.asarray(z, float) - grid["minimum"], 0) + 1e-4)


def contour(drawing: Drawing) -> Json:
    """The map with the paths of all runs; for one variable the curve with their points."""
    grid = _map_of(drawing)
    return {"data": _contour_traces(drawing, grid), "layout": layout(drawing, **_plane(drawing, grid))}


def _plane(drawing: Drawing, grid: Json) -> Json:
    names = grid["variables"]
    x = {"title": {"text": names[0]}, "range": grid["window"][0]}
    if len(names) == 1:
        return {"xaxis": x, "yaxis": {"title": {"text": "f"}}}
    return {"xaxis": x, "yaxis": {"title": {"text": names[1]}, "range": grid["window"][1]}}


def _contour_traces(drawing: Drawing, grid: Json) -> list[Json]:
    colours, names = drawing.colours, grid["variables"]
    if len(names) == 1:
        line = {"color": colours["ink2"], "width": 1.5}
        curve = {"type": "scatter", "mode": "lines", "x": grid["x"], "y": grid["z"], "line": line}
        return [{**curve, "name": "f", "showlegend": False}, *_paths(drawing, names[0], "loss")]
    surface = colours["surface"]
    scale = [[i / (len(surface) - 1), colour] for i, colour in enumerate(surface)]
    field = {
        "type": "contour",
        "x": grid["x"],
        "y": grid["y"],
        "z": heights(grid["z"], grid),
        "colorscale": scale,
        "showscale": False,
        "ncontours": 20,
        "line": {"color": colours["isoline"], "width": 0.8},
        "hoverinfo": "skip",
    }
    return [field, *_paths(drawing, *names)]


def _paths(drawing: Drawing, x: str, y: str) -> list[Json]:
    traces = []
    for index, rows in enumerate(drawing.rows):
        style, name = drawing.style(index), drawing.name(index)
        hover = f"{escape(name)}<br>%{{customdata}}: (%{{x:.5g}}, %{{y:.5g}})<extra></extra>"
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": rows[x],
                "y": rows[y],
                "customdata": rows["step"].astype(int),
                "hovertemplate": hover,
                "line": style,
                "marker": {"color": style["color"], "size": 3},
            }
        )
    return traces


def loss(drawing: Drawing) -> Json:
    """Loss against step, on a log scale where all losses are positive."""
    positive = all((rows["loss"] > 0).all() for rows in drawing.rows)
    axes = {
        "xaxis": {"title": {"text": drawing.say(mark("step"))}, "rangemode": "tozero"},
        "yaxis": {"title": {"text": drawing.say(mark("loss"))}, "type": "log" if positive else "linear"},
    }
    return {"data": _losses(drawing), "layout": layout(drawing, **axes)}


def _losses(drawing: Drawing, **more: Any) -> list[Json]:
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": drawing.name(index),
            "x": rows["step"].astype(int),
            "y": rows["loss"],
            "line": drawing.style(index),
            **more,
        }
        for index, rows in enumerate(drawing.rows)
    ]


def surface(drawing: Drawing) -> Json:
    """The surface in space with the paths on it."""
    grid = _map_of(drawing)
    if len(grid["variables"]) == 1:
        return contour(drawing)
    colours, (x, y) = drawing.colours, grid["variables"]
    scale = [[i / (len(colours["surface"]) - 1), colour] for i, colour in enumerate(colours["surface"])]
    z = heights(grid["z"], grid)
    data: list[Json] = [
        {"type": "surface", "x": grid["x"], "y": grid["y"], "z": z, "colorscale": scale, "showscale": False}
    ]
    for index, rows in enumerate(drawing.rows):
        at = {"x": rows[x], "y": rows[y], "z": heights(rows["loss"], grid)}
        line = {"color": drawing.style(index)["color"], "width": 5}
        data.append({"type": "scatter3d", "mode": "lines", "name": drawing.name(index), **at, "line": line})
    window = grid["window"]
    scene = {
        "xaxis": {"title": {"text": x}, "range": window[0]},
        "yaxis": {"title": {"text": y}, "range": window[1]},
        "zaxis": {"title": {"text": "log f" if grid["height"] == "log" else "f"}},
    }
    return {"data": data, "layout": layout(drawing, scene=scene)}


def descent(drawing: Drawing) -> Json:
    """The map and the loss, side by side."""
    losses = loss(drawing)
    if drawing.made is None:
        return losses
    grid = _map_of(drawing)
    plane = _plane(drawing, grid)
    both = {
        "xaxis": {**plane["xaxis"], "domain": [0, 0.55]},
        "yaxis": plane["yaxis"],
        "xaxis2": {**losses["layout"]["xaxis"], "domain": [0.63, 1]},
        "yaxis2": {**losses["layout"]["yaxis"], "anchor": "x2"},
    }
    beside = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
    return {"data": [*_contour_traces(drawing, grid), *_losses(drawing, **beside)], "layout": layout(drawing, **both)}


LOSSES = {"mse": mark("squared error"), "ce": mark("cross-entropy")}
SEEN = {"output": mark("output"), "accuracy": mark("share on the right side")}


def losses(drawing: Drawing) -> Json:
    """One model under both losses: what it answers by step, and beside it both losses, each on a scale of its own."""
    found = [getattr(run.problem, "loss", None) for run in drawing.prepared.spec.effective()]
    seen = next((name for name in SEEN if all(name in rows for rows in drawing.rows)), None)
    if sorted(map(str, found)) != ["ce", "mse"] or seen is None:
        return loss(drawing)
    data = []
    for place, column in (("", seen), ("own", "loss")):
        for index, (name, rows) in enumerate(zip(found, drawing.rows, strict=True)):
            look = drawing.tokens["losses"][name]
            axes = {"xaxis": "x2", "yaxis": f"y{2 + index}", "showlegend": False} if place else {}
            trace = {
                "type": "scatter",
                "mode": "lines",
                "name": f"{drawing.say(LOSSES[str(name)])}, {drawing.name(index)}",
                "x": rows["step"].astype(int),
                "y": rows[column],
                "line": {"color": drawing.colours[look["family"]], "dash": look["dash"], "width": 2},
            }
            data.append({**trace, **axes})
    step = {"title": {"text": drawing.say(mark("step"))}, "rangemode": "tozero"}
    titles = [{"text": drawing.say(LOSSES[str(name)])} for name in found]
    axes = {
        "xaxis": {**step, "domain": [0, 0.5]},
        "yaxis": {"title": {"text": drawing.say(SEEN[seen])}, "range": [-0.02, 1.04]},
        "xaxis2": {**step, "domain": [0.6, 0.93]},
        "yaxis2": {"title": titles[0], "anchor": "x2", "rangemode": "tozero"},
        "yaxis3": {"title": titles[1], "anchor": "x2", "overlaying": "y2", "side": "right", "rangemode": "tozero"},
    }
    return {"data": data, "layout": layout(drawing, **axes)}


def layout(drawing: Drawing, **more: Any) -> Json:
    """Ink on paper, the function as title."""
    colours = drawing.colours
    formula = (
        drawing.made.engine.formula.text if drawing.made and isinstance(drawing.made.engine, FormulaProblem) else ""
    )
    axis = {"gridcolor": colours["rule"], "zeroline": False, "linecolor": colours["rule2"]}
    axes = {name: {**axis, **value} if "axis" in name else value for name, value in more.items()}
    return {
        "title": {"text": escape(formula), "font": {"size": 15}},
        "paper_bgcolor": colours["paper"],
        "plot_bgcolor": colours["paper"],
        "font": {"color": colours["ink2"], "size": 13},
        "margin": MARGIN,
        "legend": {"orientation": "h", "y": -0.15},
        **axes,
    }


FIGURES: Mapping[str, Callable[[Drawing], Json]] = {
    "descent": descent,
    "contour": contour,
    "surface": surface,
    "loss": loss,
    "losses": losses,
}

HAND_OUT = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Steepest</title>
<style>html, body, #figure {{ height: 100%; margin: 0; background: {paper}; color: {ink}; font: 14px sans-serif }}
p {{ position: fixed; right: 12px; bottom: 4px; margin: 0; max-width: 60ch; overflow-wrap: anywhere; font-size: 11px }}
</style></head><body><div id="figure"></div><p>{link}</p>
<script>{plotly}</script>
<script type="application/json" id="data">{data}</script>
<script>
const figure = JSON.parse(document.getElementById("data").textContent);
Plotly.newPlot("figure", figure.data, figure.layout, {{ responsive: true, displaylogo: false }});
</script></body></html>
"""


def hand_out(figure: Json, drawing: Drawing, assets: Assets, language: str = "en") -> Iterator[bytes]:
    """One file with the figure and all that draws it; what is data cannot end its script."""
    head, _, tail = HAND_OUT.partition("{data}")
    link = escape(links.write(drawing.prepared.spec) or "")
    look = {name: drawing.colours[name] for name in ("paper", "ink")}
    yield head.format(lang=language, link=link, plotly=_script(assets), **look).encode()
    for piece in pieces(figure):
        yield piece.replace(b"<", b"\\u003c")
    yield tail.format().encode()


@cache
def _script(assets: Assets) -> str:
    return (assets.directory / PLOTLY).read_text(encoding="utf-8").replace("</script", "<\\/script")
