"""Files: what is taken, how it is handed out, who may have it."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from firstwin.accounts.actions import files as actions
from firstwin.accounts.actions.files import checked_name, keep_file
from firstwin.accounts.models import Account, File, Visibility
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.page_reader import at, toast_of, undo_in, words
from firstwin.people.models import User

PDF = b"%PDF-1.4 the plan"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def plan(owner: User, acme: Account) -> File:
    return keep_file(by=owner, account=acme, name="plan.pdf", content=ContentFile(PDF), now=NOW)


def upload(client: Any, name: str, content: bytes, **more: str) -> Any:
    body = {"content": SimpleUploadedFile(name, content, "text/html"), **more}
    return client.post("/accounts/acme/file/", body, headers=at("files"))


def test_owner_keeps_a_file_and_the_ending_decides_its_type(client_of: Any, owner: User, acme: Account) -> None:
    done = upload(client_of(owner), "plan.pdf", PDF)
    assert toast_of(done) == "plan.pdf added" and "Internal" in words(done)
    file = File.objects.get()
    assert (file.content_type, file.size, file.visibility) == ("application/pdf", len(PDF), Visibility.INTERNAL)
    assert len(file.sha256) == 64 and "plan" not in str(file.content.name)


def test_it_is_handed_out_as_a_download_and_never_run(client_of: Any, owner: User, plan: File) -> None:
    answer = client_of(owner).get(f"/accounts/acme/file/{plan.key}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Length"] == str(len(PDF)) and answer["Content-Type"] == "application/pdf"


def test_a_stranger_cannot_have_it_nor_anyone_through_another_account(
    client_of: Any, owner: User, stranger: User, plan: File
) -> None:
    from firstwin.accounts.actions.open_account import open_account

    open_account(by=stranger, name="Other", now=NOW)
    assert client_of(stranger).get(f"/accounts/acme/file/{plan.key}/").status_code == 404
    assert client_of(stranger).get(f"/accounts/other/file/{plan.key}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.html", b"<b>", "Files of this type are not kept"),
        ("plan.pdf", b"MZ\x90", "Programs are not kept"),
        ("plan.pdf", b"<html>", "The content is not what .pdf promises"),
        ("plan.pdf", b"", "The submitted file is empty"),
        ("noending", b"x", "Files of this type are not kept"),
    ],
)
def test_what_is_not_taken_is_refused_at_the_field(
    client_of: Any, owner: User, acme: Account, name: str, content: bytes, says: str
) -> None:
    answer = upload(client_of(owner), name, content)
    assert answer.status_code == 422 and says in words(answer)
    assert not File.objects.exists()


def test_too_large_a_file_is_refused(client_of: Any, owner: User, acme: Account, settings: Any) -> None:
    settings.FIRSTWIN_LARGEST_FILE = 10
    answer = upload(client_of(owner), "plan.pdf", PDF)
    assert answer.status_code == 422 and "A file has at most" in words(answer)


def test_the_same_bytes_are_not_kept_twice(client_of: Any, owner: User, plan: File) -> None:
    assert "already here as plan.pdf" in words(upload(client_of(owner), "again.pdf", PDF))


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/plan.txt", "plan.txt"), ("C:\\x\\plan.txt", "plan.txt"), (" a  b .txt", "a b .txt")],
)
def test_a_name_is_only_a_label(given: str, kept: str) -> None:
    assert checked_name(given) == kept


def test_a_long_name_keeps_its_ending() -> None:
    assert checked_name("x" * 400 + ".txt") == "x" * 196 + ".txt"


def test_a_failure_after_the_bytes_leaves_neither_row_nor_bytes(
    owner: User, acme: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(actions, "record", broken)
    with pytest.raises(RuntimeError):
        keep_file(by=owner, account=acme, name="plan.pdf", content=ContentFile(PDF), now=NOW)
    assert not File.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_removed_it_is_gone_and_comes_back(client_of: Any, owner: User, plan: File) -> None:
    client = client_of(owner)
    done = client.post(f"/accounts/acme/file/{plan.key}/removal/", headers=at("files"))
    assert client.get(f"/accounts/acme/file/{plan.key}/").status_code == 404
    client.post(undo_in(done))
    assert client.get(f"/accounts/acme/file/{plan.key}/").status_code == 200


def test_showing_it_to_the_customer_is_said_in_words(client_of: Any, owner: User, plan: File) -> None:
    done = client_of(owner).post(
        f"/accounts/acme/file/{plan.key}/visibility/", {"visibility": "customer"}, headers=at("files")
    )
    assert "Customer can see it" in words(done) and toast_of(done) == "plan.pdf: the customer can see it"


def test_bytes_that_are_missing_are_said_to_be_missing(client_of: Any, owner: User, plan: File) -> None:
    plan.content.storage.delete(str(plan.content.name))
    answer = client_of(owner).get(f"/accounts/acme/file/{plan.key}/")
    assert answer.status_code == 404


def test_a_viewer_takes_but_does_not_bring(client_of: Any, viewer: User, plan: File) -> None:
    client = client_of(viewer)
    assert client.get(f"/accounts/acme/file/{plan.key}/").status_code == 200
    assert upload(client, "x.txt", b"x").status_code == 403
    assert client.post(f"/accounts/acme/file/{plan.key}/removal/").status_code == 403
