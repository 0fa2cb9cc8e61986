"""Definitions stored before checks became stricter: said where they stand, opened as stored, mended in place."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from firstwin.core import clock
from firstwin.people.config.store import text_of
from firstwin.people.config.write import latest
from firstwin.people.models import ConfigVersion, User
from firstwin.signals.kinds.shipped import shipped
from firstwin.signals.refresh.definitions import definitions_at

pytestmark = pytest.mark.django_db

GONE = "There is no field 'colour'"
WHERE = [{"field": "colour", "op": "eq", "value": "red"}]


def stored(kind: str, key: str, body: dict[str, Any]) -> None:
    """As an earlier version of the product let it stand."""
    last = latest(kind, key)
    number = last.number + 1 if last else 1
    ConfigVersion.objects.create(kind=kind, key=key, number=number, text=text_of(body), at=clock.now())


def fields(page: str) -> dict[str, Any]:
    """What the form of the page would send as it is."""
    form = page.split('<form class="form', 1)[1].split("</form>", 1)[0]
    found = {
        name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form)
    }
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S)
    chosen = re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(?:(?!</select>).)*?<option value="([^"]*)" selected', form, re.S
    )
    return found | {name: unescape(value) for name, value in areas} | dict(chosen)


def error(page: str) -> str:
    return " ".join(unescape(one) for one in re.findall(r'class="error"[^>]*>.*?<span>(.*?)</span>', page, re.S))


def test_a_segment_opens_with_its_condition_and_is_mended(client_of: Any, operations: User, viewer: User) -> None:
    stored("segment", "golden", {"label": "Golden", "help": "Those in red", "where": WHERE})
    client = client_of(operations)
    listed = client.get("/segments/").text
    assert "Segment Golden cannot be read any more" in listed and "/segments/golden/edit/" in listed
    assert client_of(viewer).get("/segments/golden/").url == "/settings/definitions/segment/golden/"
    answer = client.get("/segments/golden/edit/")
    held = fields(answer.text)
    assert answer.status_code == 200 and "colour" in error(answer.text)
    assert (held["label"], held["help"], held["condition"]) == ("Golden", "Those in red", "colour = 'red'")
    again = client.post("/segments/golden/edit/", held)
    assert again.status_code == 422 and fields(again.text)["condition"] == held["condition"]
    assert client.post("/segments/golden/edit/", held | {"condition": "seats > 5"}).status_code == 302
    assert "golden" in definitions_at().segments and "cannot be read" not in client.get("/segments/").text


def test_an_experience_opens_with_what_is_stored_and_is_mended(client_of: Any, operations: User, viewer: User) -> None:
    stored(
        "experience", "pooled", dict(shipped("experience")["pooled"]) | {"silent_days": 9_000, "skills": ["listening"]}
    )
    client, page = client_of(operations), "/experiences/pooled/"
    assert "/experiences/pooled/" in client.get("/experiences/").text.split("cannot be read any more", 1)[1]
    assert client.get("/experiences/new/").status_code == 200  # others go on
    assert client_of(viewer).get(page).url == "/settings/definitions/experience/pooled/"
    answer = client.get(page)
    held = fields(answer.text)
    assert answer.status_code == 200 and "730" in error(answer.text)
    assert (held["silent_days"], held["skills"]) == ("9000", "listening")
    assert client.post(page, held).status_code == 422
    assert client.post(page, held | {"silent_days": "30"}).status_code == 302
    assert definitions_at().experiences["pooled"].parsed.silent_days == 30


@pytest.mark.parametrize(
    "kind, key, place, wrong, path",
    [("pipeline", "default", "starts", WHERE, "starts"), ("detector", "silent", "where", WHERE, "where"),
     ("scorecard", "pooled", "amber_from", 900, "amber_from"), ("segment", "renewing", "where", WHERE, "where")],
)  # fmt: skip
def test_each_opens_as_text_with_the_reason_at_its_line(
    client_of: Any, operations: User, kind: str, key: str, place: str, wrong: Any, path: str
) -> None:
    good = dict(shipped(kind)[key])
    stored(kind, key, good | {place: wrong})
    client, page = client_of(operations), f"/settings/definitions/{kind}/{key}/"
    assert "cannot be read any more" in client.get(page).text
    answer = client.get(page + "edit/")
    held = fields(answer.text)
    assert answer.status_code == 200 and re.search(rf'Line \d+, <span class="mono">{path}', answer.text)
    assert held["text"].strip() == text_of(good | {place: wrong}).strip()
    assert client.post(page + "edit/", held | {"act": "publish"}).status_code == 422
    assert client.post(page + "edit/", held | {"act": "publish-anyway", "text": text_of(good)}).url == page
    assert not definitions_at().broken


def test_the_studio_opens_with_what_is_stored(client_of: Any, operations: User) -> None:
    good = dict(shipped("scorecard")["pooled"])
    stored("scorecard", "pooled", good | {"amber_from": 900})
    client: Client = client_of(operations)
    assert "/studio/pooled/" in client.get("/health/").text
    answer = client.get("/studio/pooled/")
    assert answer.status_code == 200 and 'value="900"' in answer.text and "field-error" in answer.text
    given = {"text": text_of(good | {"amber_from": 900}), "based_on": "2", "note": "", "search": ""}
    assert client.post("/studio/pooled/", given | {"act": "publish"}).status_code == 422
    given |= {"amber_from": "50", "act": "publish-anyway"}
    assert client.post("/studio/pooled/", given).status_code == 302
    assert definitions_at().scorecards["pooled"].parsed.amber_from == 50


def test_pages_say_which_cannot_be_read(client_of: Any, operations: User) -> None:
    stored("pipeline", "default", dict(shipped("pipeline")["default"]) | {"starts": WHERE})
    stored("detector", "silent", dict(shipped("detector")["silent"]) | {"where": WHERE})
    client = client_of(operations)
    assert "/settings/definitions/pipeline/default/edit/" in client.get("/stages/").text
    assert "/settings/definitions/detector/silent/edit/" in client.get("/risks/detectors/").text
