"""Jinja2 for every page of ours: strict names, macros with declared arguments, pages and fragments from one file."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input_lazy, csrf_token_lazy
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.jinja import htmx_script
from jinja2 import Environment, StrictUndefined, nodes
from jinja2_fragments import render_block
from markupsafe import Markup

from firstwin.ui import charts, drawing, filters, icons
from firstwin.ui.assets import HTMX_CONFIG, STYLESHEETS
from firstwin.ui.shell import Shell


class Templates(Jinja2):
    """Django's Jinja2 backend, looking only into `templates/` of our own rooms.

    Third-party apps keep pages in the other template language under the same folder name; those are left to the
    second engine in the settings.
    """

    app_dirname = "templates"
    env: Environment

    @cached_property
    def template_dirs(self) -> tuple[Path, ...]:  # type: ignore[override]
        ours = (Path(app.path) / self.app_dirname for app in apps.get_app_configs() if app.name.startswith("firstwin."))
        return (*map(Path, self.dirs), *(folder for folder in ours if folder.is_dir()))


class House(Environment):
    """A Jinja2 environment in which a block sees the imports and macros at the top of its own file.

    Jinja runs those only when the whole page is rendered; a fragment is a block rendered alone.
    """

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        shared = [node for node in tree.body if isinstance(node, (nodes.Import, nodes.FromImport, nodes.Macro))]
        for block in tree.find_all(nodes.Block):
            block.body[:0] = shared
        return tree


def environment(**options: Any) -> Environment:
    """The environment named in the settings."""
    made = House(
        **{
            **options,
            "undefined": StrictUndefined,
            "autoescape": True,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "cache_size": -1,
        }
    )
    made.globals.update(
        url=url,
        static=static,
        icon=icons.icon,
        draw=icons.icon,  # the same under a second name: macros have an argument called icon
        spark_line=drawing.spark_line,
        placed_parts=charts.placed_parts,
        htmx_config=HTMX_CONFIG,
        htmx_script=htmx_script,
        stylesheets=STYLESHEETS,
        initials=filters.initials,
        hue=filters.hue,
        is_current=filters.is_current,
    )
    made.filters.update(filters.FILTERS)
    return made


def url(name: str, **kwargs: Any) -> str:
    """The address of a named route."""
    return reverse(name, kwargs=kwargs)


def shell_context(request: HttpRequest) -> dict[str, Any]:
    """What every page may use: `shell` (see ui.shell.Shell)."""
    return {"shell": Shell(request)}


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A whole page."""
    made = _engine().get_template(template)
    return _answer(made.render(dict(context), request), status)


def fragment(request: HttpRequest, template: str, block: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """One block of a page file, rendered alone, with the names the page itself would see."""
    return _answer(fragment_html(request, template, block, **context), status)


def fragment_html(request: HttpRequest, template: str, block: str, **context: Any) -> Markup:
    """The text of one block: for answers made of several (out-of-band swaps)."""
    html = render_block(_engine().env, template, block, _with_request(request, context))
    return Markup(html)  # noqa: S704 (escaped by the template)


def _with_request(request: HttpRequest, context: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **context,
        "request": request,
        "csrf_input": csrf_input_lazy(request),
        "csrf_token": csrf_token_lazy(request),
        **shell_context(request),
    }


def _answer(html: str, status: int) -> HttpResponse:
    response = HttpResponse(html, status=status)
    # One address may answer with a page or with a fragment: a cache must not mix them up.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _engine() -> Templates:
    return cast(Templates, engines["jinja"])
