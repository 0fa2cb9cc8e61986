"""Importing in the browser: step by step, with nothing lost on the way, and only by those who may."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from firstwin.accounts.models import Account
from firstwin.connectors.actions import drafts
from firstwin.connectors.actions.drafts import shown_name
from firstwin.connectors.models import ImportDraft, ImportRun
from firstwin.connectors.tasks import import_task
from firstwin.connectors.uploads import incoming_folder
from firstwin.connectors.views import upload
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user

pytestmark = pytest.mark.django_db

ACCOUNTS = "Customer ID,Customer name,Website\nC-1,Acme Works,acme.example\nC-2,Birch,birch.example\n,Nameless,\n"


@pytest.fixture
def importer(operations, client_of):
    return client_of(operations)


def send(client, *files: tuple[str, str], to: str = "/imports/new/"):
    sent = [SimpleUploadedFile(name, text.encode("latin-1"), "text/csv") for name, text in files]
    return client.post(to, {"files": sent})


def form_of(html: str) -> dict[str, str]:
    """What the mapping form would send as it stands."""
    found = {}
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found | {"source": re.findall(r'name="source" value="([^"]*)"', html)[0]}


def mapped(client, *files: tuple[str, str], **said: str) -> ImportDraft:
    """A draft as far as its mapping, as suggested and with what is said."""
    send(client, *files)
    draft = ImportDraft.objects.latest("pk")
    for file in draft.files:
        address = reverse("import_mapping_file", kwargs={"draft": draft.key, "file": file["name"]})
        form = form_of(client.get(address).content.decode()) | said
        client.post(address, form)
    draft.refresh_from_db()
    return draft


def step(draft: ImportDraft, route: str) -> str:
    return reverse(route, kwargs={"draft": draft.key})


def test_from_a_file_to_accounts_and_back(importer, operations) -> None:
    draft = mapped(importer, ("Kunden 2026.csv", ACCOUNTS), source="Our CRM")
    assert "source: our-crm" in draft.mapping_text
    page = importer.get(step(draft, "import_preview")).content.decode()
    assert "Acme Works" in page and "The key is blank." in page

    importer.post(step(draft, "import_dry_run"))
    draft.refresh_from_db()
    assert draft.dry_run is not None
    import_task.call(draft.dry_run.pk)
    assert "Import 2 rows" in importer.get(step(draft, "import_preview")).content.decode()
    assert not Account.objects.filter(name="Birch").exists()

    answer = importer.post(step(draft, "import_apply"))
    run = ImportRun.objects.get(is_dry_run=False)
    assert answer["Location"] == reverse("import_run", kwargs={"run": run.pk})
    assert run.by == operations
    assert not ImportDraft.objects.exists()
    assert not draft.folder.exists()
    import_task.call(run.pk)
    assert Account.objects.filter(name="Birch").exists()
    page = importer.get(answer["Location"]).content.decode()
    assert "Undo this import" in page and "Kunden 2026.csv" in page
    rejected = importer.get(reverse("import_rejects", kwargs={"run": run.pk, "file": "kunden_2026"}))
    assert b"Nameless" in b"".join(rejected.streaming_content)
    assert "Acme Works" in importer.get(reverse("import_changes", kwargs={"run": run.pk})).content.decode()


def test_the_next_month_goes_straight_to_the_preview(importer) -> None:
    draft = mapped(importer, ("march.csv", ACCOUNTS))
    importer.post(step(draft, "import_apply"))
    run = ImportRun.objects.get()
    again = importer.post(reverse("import_again", kwargs={"run": run.pk}))
    answer = send(importer, ("april.csv", ACCOUNTS.replace("Birch", "Cedar")), to=again["Location"])
    newest = ImportDraft.objects.get()
    assert answer["Location"] == step(newest, "import_preview")
    assert "Cedar" in importer.get(answer["Location"]).content.decode()


def test_only_operations_and_admins_import(importer, owner, viewer, client_of) -> None:
    draft = mapped(importer, ("a.csv", ACCOUNTS))
    for somebody in (owner, viewer):
        client = client_of(somebody)
        assert 'href="/imports/"' not in client.get("/accounts/").content.decode()
        for address in ("/imports/", "/imports/new/", "/imports/sources/", step(draft, "import_files")):
            assert client.get(address).status_code == 403
        assert send(client, ("b.csv", ACCOUNTS)).status_code == 403
    assert ImportDraft.objects.count() == 1


def test_another_persons_draft_is_not_there(importer, client_of) -> None:
    draft = mapped(importer, ("a.csv", ACCOUNTS))
    stranger = client_of(make_user("Other", role=Role.ADMIN))
    for route in ("import_files", "import_text", "import_preview", "import_upload"):
        assert stranger.get(step(draft, route)).status_code == 404
    assert stranger.post(step(draft, "import_apply")).status_code == 404


@pytest.mark.parametrize(
    "called",
    ["../../etc/passwd.csv", "C:\\secret\\passwd.csv", "/abs/passwd.csv", "pass\x00wd.csv", "a" * 500 + ".csv"],
)
def test_what_a_browser_calls_a_file_leads_nowhere(called: str, importer, operations) -> None:
    draft = drafts.open_draft(by=operations, now=clock.now())
    path = incoming_folder() / "x.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ACCOUNTS)
    file = drafts.add_file(by=operations, draft=draft, called=called, path=path, sha256="", now=clock.now())
    assert "/" not in file["file"] and "\\" not in file["file"] and len(file["file"]) <= 111
    assert [one.name for one in draft.folder.iterdir()] == ["1.csv"]
    assert draft.folder.is_relative_to(Path(settings.ENV.home) / "imports" / "drafts")


def test_a_name_is_shown_without_folders() -> None:
    assert shown_name("..\\..\\a\u202eb.csv") == "ab.csv"
    assert shown_name("\x01") == "file"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("photo.png", "x", "photo.png is not one of"),
        ("empty.csv", "", "empty"),
        ("packed.csv", "\x1f\x8b packed", "packed.csv is compressed"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(name: str, text: str, says: str, importer) -> None:
    answer = send(importer, (name, text))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not ImportDraft.objects.exists()
    assert not list(incoming_folder().glob("*.part"))


def test_too_much_is_said_and_not_kept(importer, monkeypatch) -> None:
    monkeypatch.setattr(upload, "LARGEST_UPLOAD", -(1 << 20))
    answer = send(importer, ("a.csv", ACCOUNTS))
    assert answer.status_code == 413
    assert "Split it" in answer.content.decode()
    monkeypatch.undo()
    monkeypatch.setattr("firstwin.connectors.uploads.ToDisk.__init__.__kwdefaults__", {"largest": 10})
    answer = send(importer, ("a.csv", ACCOUNTS))
    assert answer.status_code == 413
    assert not list(incoming_folder().glob("*.part"))
    assert not ImportDraft.objects.exists()


def test_days_that_fit_two_ways_are_asked_for(importer) -> None:
    draft = mapped(importer, ("a.csv", "Id,Name,Customer since\nA,Acme,03/04/2024\nB,Birch,05/06/2024\n"))
    address = reverse("import_mapping_file", kwargs={"draft": draft.key, "file": "a"})
    form = form_of(importer.get(address).content.decode())
    answer = importer.post(address, form | {"field-2": "customer_since", "next": "1"})
    assert answer.status_code == 422
    assert "is 3 April 2024" in answer.content.decode() and "is 4 March 2024" in answer.content.decode()
    answer = importer.post(address, form | {"field-2": "customer_since", "format-2": "%d/%m/%Y", "next": "1"})
    assert answer.status_code == 302
    assert "3 Apr 2024" in importer.get(answer["Location"]).content.decode()


def test_a_change_that_arrives_after_a_later_one_is_let_go(importer) -> None:
    draft = mapped(importer, ("a.csv", "Id,Name,Customer since\nA,Acme,03/04/2024\nB,Birch,05/06/2024\n"))
    address = reverse("import_mapping_file", kwargs={"draft": draft.key, "file": "a"})
    undecided = form_of(importer.get(address).content.decode()) | {"field-2": "customer_since"}

    def told(turn: str, **said: str) -> str:
        importer.post(address, undecided | said | {"turn": turn})
        return form_of(importer.get(address).content.decode())["format-2"]

    assert told("page1:9", **{"format-2": "%d/%m/%Y"}) == "%d/%m/%Y"
    assert told("page1:8") == "%d/%m/%Y"
    # The next one of that page counts, and so does another page, which counts for itself.
    assert told("page1:10", **{"format-2": "%m/%d/%Y"}) == "%m/%d/%Y"
    assert told("page2:1", **{"format-2": "%d/%m/%Y"}) == "%d/%m/%Y"
    assert told("", **{"format-2": "%m/%d/%Y"}) == "%m/%d/%Y"


@pytest.mark.parametrize("turn", ["x" * 500, "page1:-1", "page1:1e9", "::", "page1:" + "9" * 60])
def test_a_turn_that_is_none_stops_nothing(turn: str, importer) -> None:
    draft = mapped(importer, ("a.csv", ACCOUNTS))
    address = reverse("import_file", kwargs={"draft": draft.key, "file": "a"})
    for delimiter, turn_said in ((";", turn), (",", turn)):
        importer.post(address, {"kind": "accounts", "format": "auto", "delimiter": delimiter, "turn": turn_said})
    draft.refresh_from_db()
    assert draft.files[0]["chosen"] == {"delimiter": ","}


def test_the_text_says_its_mistakes_with_their_line_and_keeps_what_was_typed(importer) -> None:
    draft = mapped(importer, ("a.csv", ACCOUNTS))
    wrong = "# mine\nsource: crm\nfiles:\n- name: a\n  kind: accounts\n  key: Customer ID\n  feilds: {name: x}\n"
    answer = importer.post(step(draft, "import_text"), {"text": wrong, "next": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "line 7" in page and "# mine" in page
    for text in ("a: [", "*x", "!!python/object:os.system x", "x" * 1_100_000):
        assert importer.post(step(draft, "import_text"), {"text": text, "next": "1"}).status_code == 422


def test_a_comment_survives_a_form_that_changes_nothing(importer) -> None:
    draft = mapped(importer, ("a.csv", ACCOUNTS), source="crm")
    text = "# ours\n" + draft.mapping_text
    importer.post(step(draft, "import_text"), {"text": text})
    address = reverse("import_mapping_file", kwargs={"draft": draft.key, "file": "a"})
    importer.post(address, form_of(importer.get(address).content.decode()))
    draft.refresh_from_db()
    assert draft.mapping_text == text


def test_a_path_in_the_mapping_is_never_opened(importer, tmp_path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("Customer ID,Customer name\nS-1,Secret\n")
    draft = mapped(importer, ("a.csv", ACCOUNTS), source="crm")
    text = draft.mapping_text.replace("kind: accounts", f"kind: accounts\n  path: {secret}")
    importer.post(step(draft, "import_text"), {"text": text})
    assert "Secret" not in importer.get(step(draft, "import_preview")).content.decode()
    importer.post(step(draft, "import_apply"))
    run = ImportRun.objects.get()
    import_task.call(run.pk)
    assert Account.objects.filter(name="Birch").exists()
    assert not Account.objects.filter(name="Secret").exists()


def test_old_drafts_go_with_their_files(importer) -> None:
    draft = mapped(importer, ("a.csv", ACCOUNTS))
    assert drafts.forget_drafts(now=clock.now()) == 0
    assert drafts.forget_drafts(now=clock.now() + drafts.KEPT_FOR * 2) == 1
    assert not draft.folder.exists()


def test_a_mapping_that_is_no_yaml_is_not_kept(operations, importer) -> None:
    draft = mapped(importer, ("a.csv", ACCOUNTS))
    with pytest.raises(Refused):
        drafts.set_mapping(by=operations, draft=draft, text="a: [", now=clock.now())
