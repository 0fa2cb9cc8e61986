"""The rail and the command bar show each person their own places."""

from types import SimpleNamespace

import pytest

from firstwin.ui import commands, navigation
from firstwin.ui.commands import Command, register_source
from firstwin.ui.navigation import NavEntry, rail_entries, register_entry
from firstwin.ui.tests.conftest import Ask
from firstwin.ui.views import command_options


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(commands, "_sources", [])
    register_entry(NavEntry("parts", "Parts", "gallery", icon="star", hotkey="g u", order=2))
    register_entry(NavEntry("first", "First", "commands", icon="home", order=1))
    register_entry(NavEntry("hidden", "Hidden", "gallery", icon="lock", visible=lambda user: user.name == "Boss"))


def test_entries_come_in_order_and_only_those_the_person_may_see(reader: SimpleNamespace) -> None:
    assert [entry.label for entry in rail_entries(reader, "/")] == ["First", "Parts"]


def test_the_longest_matching_address_is_where_one_is(reader: SimpleNamespace) -> None:
    assert [e.key for e in rail_entries(reader, "/ui/buttons/") if e.is_current] == ["parts"]
    assert not [e for e in rail_entries(reader, "/elsewhere/") if e.is_current]


def test_a_page_elsewhere_may_belong_to_an_entry(reader: SimpleNamespace) -> None:
    register_entry(NavEntry("first", "First", "commands", icon="home", order=1, also=("gallery",)))
    register_entry(NavEntry("parts", "Parts", "home", icon="star", order=2))
    assert [e.key for e in rail_entries(reader, "/ui/buttons/") if e.is_current] == ["first"]


def test_the_command_bar_offers_places_and_what_sources_find(ask: Ask) -> None:
    @register_source
    def things(request: object, query: str) -> list[Command]:
        return [Command(f"Thing {n} {query}", url="/thing/", group="Things") for n in range(20)]

    text = command_options(ask("/commands/?q=par")).content.decode()
    assert "Parts" in text and "First" not in text
    assert text.count("Thing ") == commands.MOST_PER_SOURCE
    assert 'role="option"' in text and "<html" not in text


def test_nothing_found_says_so_with_the_words_escaped(ask: Ask) -> None:
    text = command_options(ask("/commands/?q=<b>")).content.decode()
    assert "Nothing found for “&lt;b&gt;”" in text
