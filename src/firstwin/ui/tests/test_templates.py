"""Templates are strict: an unknown argument or name raises, and a fragment sees what its page sees."""

import pytest
from django.template import engines
from jinja2 import Environment, UndefinedError
from jinja2.loaders import ChoiceLoader, DictLoader

from firstwin.ui.jinja import environment
from firstwin.ui.tests.conftest import Ask
from firstwin.ui.views import gallery


@pytest.fixture
def env() -> Environment:
    return engines["jinja"].env  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("name", ["buttons", "charts", "forms", "grid", "marks", "panels", "text", "timeline"])
def test_every_macro_file_imports_alone(env: Environment, name: str) -> None:
    assert vars(env.get_template(f"ui/{name}.html").module)


def test_an_unknown_macro_argument_raises(env: Environment) -> None:
    wrong = env.from_string('{% from "ui/buttons.html" import button %}{{ button("Save", colour="red") }}')
    with pytest.raises(TypeError, match="colour"):
        wrong.render()


def test_an_undefined_name_raises(env: Environment) -> None:
    with pytest.raises(UndefinedError, match="nobody"):
        env.from_string("{{ nobody }}").render()


def test_an_unknown_icon_raises(env: Environment) -> None:
    with pytest.raises(KeyError, match="unicorn"):
        env.from_string("{{ icon('unicorn') }}").render()


def test_text_is_escaped(env: Environment) -> None:
    shown = env.from_string('{% from "ui/marks.html" import badge %}{{ badge("<b>") }}').render()
    assert "&lt;b&gt;" in shown and "<b>" not in shown


def test_a_block_rendered_alone_sees_the_imports_and_macros_of_its_file() -> None:
    page = (
        '{% from "ui/marks.html" import badge %}\n{% macro loud(word) %}{{ word | upper }}{% endmacro %}\n'
        "{% block part %}{{ badge(loud(word)) }}{% endblock %}"
    )
    source = engines["jinja"].env.loader  # type: ignore[attr-defined]
    env = environment(loader=ChoiceLoader([DictLoader({"page.html": page}), source]))
    template = env.get_template("page.html")
    alone = "".join(template.blocks["part"](template.new_context({"word": "new"})))
    assert "NEW" in alone
    assert "NEW" in template.render(word="new")


def test_the_gallery_renders_with_the_readers_own_look(ask: Ask) -> None:
    response = gallery(ask("/ui/"))
    text = response.content.decode()
    assert response.status_code == 200
    assert 'data-theme="dark"' in text and 'data-density="compact"' in text and 'data-shortcuts="off"' in text
