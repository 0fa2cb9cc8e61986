import pytest

from firstwin.core import fields
from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Field, Kind, Vocabulary
from firstwin.core.models import Schedule
from firstwin.core.panels import Panel, panels, register_panel

COUNTRY = Field("country", Kind.CHOICE, "Country", "accounts", stored="country", choices=(("DE", "Germany"),))


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "_fields", {})
    monkeypatch.setattr(fields, "_collections", {})
    monkeypatch.setattr(fields, "_sources", [])
    monkeypatch.setattr("firstwin.core.panels._panels", {})


def test_what_is_registered_is_in_the_vocabulary() -> None:
    fields.register(COUNTRY)
    assert fields.vocabulary().field("country") == COUNTRY


def test_an_unknown_field_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(Refused, match=r"no field 'contry' of an account.*mean country"):
        Vocabulary({"country": COUNTRY}, {}).field("contry")


def test_the_same_key_twice_is_a_mistake() -> None:
    fields.register(COUNTRY)
    fields.register(COUNTRY)
    with pytest.raises(ValueError, match="twice"):
        fields.register(Field("country", Kind.TEXT, "Country", "accounts"))


def test_a_source_adds_but_never_hides() -> None:
    fields.register(COUNTRY)
    shadow = Field("country", Kind.TEXT, "Other", "accounts")
    extra = Field("sector", Kind.TEXT, "Sector", "accounts")
    fields.register_source(lambda: [shadow, extra])
    assert [*fields.vocabulary().fields.values()] == [COUNTRY, extra]


def test_choices_may_be_asked_for_late() -> None:
    late = Field("owner", Kind.PERSON, "Owner", "accounts", choices=lambda: [(1, "Ann")])
    assert late.options() == ((1, "Ann"),)
    assert late.option_label(1) == "Ann"
    assert late.option_label(2) == "2"


def test_a_column_of_moments_is_known_by_its_name() -> None:
    assert Field("seen", Kind.DATE, "Seen", "accounts", stored="seen_at").is_moment
    assert not Field("seen", Kind.DATE, "Seen", "accounts", stored="seen_on").is_moment


def test_a_collection_speaks_of_its_own_fields() -> None:
    fields.register_collection(Collection("contacts", "Contacts", "accounts", (COUNTRY,), model=Schedule.objects.all))
    contacts = fields.vocabulary().collection("contacts")
    with pytest.raises(Refused, match="of contacts"):
        contacts.vocabulary.field("colour")
    with pytest.raises(Refused, match="no collection 'contact'"):
        fields.vocabulary().collection("contact")


def test_panels_come_in_their_order() -> None:
    late = Panel("b", "B", 2, "x.html", lambda request, account: {})
    early = Panel("a", "A", 1, "x.html", lambda request, account: {})
    elsewhere = Panel("c", "C", 0, "x.html", lambda request, account: {}, slot="person")
    for panel in (late, early, elsewhere):
        register_panel(panel)
    assert panels("account") == [early, late]
