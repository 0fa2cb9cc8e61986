"""A mapping that makes no sense is refused with its line, before anything is stored."""

import pytest

from firstwin.accounts.models import Account, Attribute
from firstwin.connectors.models import ImportRun
from firstwin.connectors.tests.files import ACCOUNTS, Desk
from firstwin.core.errors import Refused

FILE = "id,name,country,employees,tags\n1,Acme,DE,12,\n"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("source: crm", "source: staff", "'staff' is what people type here"),
        ("kind: accounts", "kind: acounts", "line 5: files.0.kind: input should be 'accounts'"),
        ("name: name,", "name: Name,", "line 8: accounts.csv has no column 'Name'. Did you mean name?"),
        ("country: country", "contry: country", "line 8: accounts have no field 'contry'. Did you mean country"),
        ("key: id", "", "line 4: accounts need `key:`"),
        ("{name: name", "{name: {column: name, by: domain}", "name is not a reference"),
        ('{split: ";"}', '{splt: ";"}', "there is no such setting"),
        ('{split: ";"}', '{split: ";", lower: true}', "a step does exactly one thing"),
        ('{split: ";"}', "{multiply: lots}", "valid decimal"),
        ('{split: ";"}', "{moment: {zone: Mars/Base}}", "there is no time zone called 'Mars/Base'"),
        ("path: accounts.csv", "", "Say where the file 'accounts' is: --file accounts=PATH."),
        ("path: accounts.csv", "path: none.csv", "none.csv cannot be read"),
        ("source: crm", "source: crm\nsource: b", "line 3: 'source' stands twice."),
        ("files:", "files: *x\nfoo:", "uses YAML aliases"),
        ("source: crm", "source: crm\nzone: Nowhere", "line 3: there is no time zone called 'Nowhere'"),
    ],
)
def test_it_is_refused_with_its_place(desk: Desk, before: str, after: str, says: str) -> None:
    desk.put(accounts=FILE)
    assert before in ACCOUNTS
    with pytest.raises(Refused) as refused:
        desk.run(ACCOUNTS.replace(before, after, 1))
    assert says in refused.value.message
    assert not Account.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_column_that_stands_twice_in_the_file_is_refused_when_it_is_used(desk: Desk) -> None:
    desk.put(accounts="id,name,country,employees,tags,name\n")
    with pytest.raises(Refused, match="2 columns called 'name'"):
        desk.run(ACCOUNTS)


def test_words_stay_words(desk: Desk) -> None:
    """Norway is not a boolean and 010 is not eight."""
    desk.put(accounts="id,name,country,employees,tags\n010,Acme,no,12,\n")
    mapping = ACCOUNTS.replace("country: country", "country: {column: country, do: {look_up: {no: Norway}}}")
    assert desk.one(mapping).counts["new"] == 1
    account = Account.objects.get(external_ids__external_id="010")
    assert account.now.attributes["country"] == "Norway"


ATTRIBUTES = """
attributes:
  - {key: plan, label: Plan, kind: choice, choices: [Basic, {pro: Professional}]}
"""


def test_attributes_are_defined_when_they_are_new_and_not_in_a_dry_run(desk: Desk) -> None:
    desk.put(accounts="id,name,country,employees,tags\n1,Acme,pro,12,\n2,Zen,Gold,12,\n")
    mapping = ACCOUNTS.replace("country: country", "plan: country") + ATTRIBUTES
    assert desk.one(mapping, is_dry=True).faults[0].reason == "Plan: 'Gold' is not one of Basic, Professional."
    assert not Attribute.objects.filter(key="plan").exists()
    desk.run(mapping)
    assert Account.objects.get().now.attributes["plan"] == "pro"
    other = mapping.replace("kind: choice, choices: [Basic, {pro: Professional}]", "kind: text")
    with pytest.raises(Refused, match="'plan' exists already, as choice"):
        desk.run(other)
