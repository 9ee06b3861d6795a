"""/docs: the calls to read and to try, with nothing from another host."""

from html import escape

from fastapi import APIRouter, Response

from app.assets import Assets

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Steepest: API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
<script defer src="{bundle}"></script>
<script type="module" src="{script}"></script>
</head>
<body><main id="calls"></main></body>
</html>
"""


def router(assets: Assets) -> APIRouter:
    """The page's address."""
    routes = APIRouter()
    page = PAGE.format(
        style=escape(assets.url("vendor/swagger-ui/swagger-ui.css")),
        bundle=escape(assets.url("vendor/swagger-ui/swagger-ui-bundle.js")),
        script=escape(assets.url("js/views/api_docs.js")),
    )

    @routes.get("/docs", include_in_schema=False)
    def docs() -> Response:
        """The calls, to read and to try."""
        return Response(page, headers={"Cache-Control": "no-cache"}, media_type="text/html")

    return routes
