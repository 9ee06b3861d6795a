"""Figures as Plotly's JSON, for notebooks and hand-outs: drawn from the same colours and dashes as the pages.

A figure is plain JSON values, which `plotly.io.from_json` reads; a hand-out is one file with everything inside.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response

from app import examples, grids, links
from app.api import checked_link
from app.assets import Assets
from app.catalog import Say
from app.encoding import in_pieces
from app.negotiation import caching, held, not_modified, tag
from app.problems import Fault, InvalidError, encode
from app.runs import Columns, Made, Prepared, make_problem, prepare
from app.settings import Settings
from app.spec import Spec
from app.trajectories import check_cost
from app.translation import choose, translator
from core.optimizers import OPTIMIZERS
from core.problems.problem import FormulaProblem
from core.words import mark

Json = dict[str, Any]
Theme = Literal["light", "dark"]
Named = Literal["descent", "contour", "surface", "loss", "losses"]
SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data: blob:"
)
PLOTLY = "vendor/plotly-4.1.1/plotly.js"
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


def router(settings: Settings, assets: Assets) -> APIRouter:
    """The call that draws."""
    routes = APIRouter()

    def linked(request: Request) -> Spec:
        return checked_link(request, (*links.VIEW, "theme"))

    @routes.get("/figures/{figure}", responses=examples.FIGURE, openapi_extra=examples.LINK_QUERY)
    def get_figure(
        request: Request,
        figure: Named,
        spec: Annotated[Spec, Depends(linked)],
        form: Annotated[Literal["json", "html"], Query(alias="format", description="html: a hand-out")] = "json",
        theme: Annotated[Theme, Query(description="colours")] = "light",
    ) -> Response:
        """A figure of the runs of a link, as Plotly's JSON or as a file to hand out."""
        prepared = prepare(spec)
        check_cost(prepared, 0, None, settings)
        language = choose(request.query_params.get("lang"), request.headers.get("accept-language"))
        entity = tag("figure", figure, prepared.spec.body(), form, theme, language, assets.version)
        if held(request, entity):
            return not_modified(entity, "Accept-Language")
        drawing = Drawing(prepared, _drawn(prepared), _rows(prepared), tokens(assets), theme, translator(language))
        drawn = FIGURES[figure](drawing)
        if form == "json":
            return Response(in_pieces(drawn), headers=caching(entity, "Accept-Language"), media_type="application/json")
        headers = {
            **caching(entity, "Accept-Language"),
            "Content-Disposition": f'attachment; filename="steepest-{figure}.html"',
            "Content-Security-Policy": SANDBOX,
        }
        return Response(hand_out(drawn, drawing, assets, language), headers=headers, media_type="text/html")

    return routes


@cache
def tokens(assets: Assets) -> Mapping[str, Any]:
    """Colours and dashes."""
    found: Mapping[str, Any] = json.loads((assets.directory / "tokens.json").read_text(encoding="utf-8"))
    return found


def _rows(prepared: Prepared) -> list[Columns]:
    return [walk.advance(walk.plan.steps) for walk in prepared.walks]


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


def listed(values: Any) -> Any:
    """Numbers as JSON takes them: what is not finite is null."""
    return json.loads(encode(np.asarray(values, float).tolist()))


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
        curve = {"type": "scatter", "mode": "lines", "x": grid["x"], "y": listed(grid["z"]), "line": line}
        return [{**curve, "name": "f", "showlegend": False}, *_paths(drawing, names[0], "loss")]
    surface = colours["surface"]
    scale = [[i / (len(surface) - 1), colour] for i, colour in enumerate(surface)]
    field = {
        "type": "contour",
        "x": grid["x"],
        "y": grid["y"],
        "z": listed(heights(grid["z"], grid)),
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
                "x": rows[x].tolist(),
                "y": rows[y].tolist(),
                "customdata": rows["step"].astype(int).tolist(),
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
            "x": rows["step"].astype(int).tolist(),
            "y": rows["loss"].tolist(),
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
    z = listed(heights(grid["z"], grid))
    data: list[Json] = [
        {"type": "surface", "x": grid["x"], "y": grid["y"], "z": z, "colorscale": scale, "showscale": False}
    ]
    for index, rows in enumerate(drawing.rows):
        at = {"x": rows[x].tolist(), "y": rows[y].tolist(), "z": listed(heights(rows["loss"], grid))}
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
                "x": rows["step"].astype(int).tolist(),
                "y": rows[column].tolist(),
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


def hand_out(figure: Json, drawing: Drawing, assets: Assets, language: str = "en") -> str:
    """One file with the figure and all that draws it; what is data cannot end its script."""
    data = in_pieces(figure).decode().replace("<", "\\u003c")
    plotly = (assets.directory / PLOTLY).read_text(encoding="utf-8").replace("</script", "<\\/script")
    link = escape(links.write(drawing.prepared.spec) or "")
    colours = drawing.colours
    look = {"paper": colours["paper"], "ink": colours["ink"]}
    return HAND_OUT.format(lang=language, link=link, plotly=plotly, data=data, **look)
