"""A small world for tests about the whole house: staff of every role, one account with one of each thing on it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile

from firstwin.accounts.actions.assign import add_owner
from firstwin.accounts.actions.bulk import start_bulk_edit
from firstwin.accounts.actions.files import keep_file
from firstwin.accounts.actions.merging.accounts import merge_accounts
from firstwin.accounts.actions.merging.people import merge_people
from firstwin.accounts.actions.notes import add_note
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person
from firstwin.accounts.actions.receive import refresh_received
from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.actions.tag import tag_accounts
from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.models import (
    Account,
    Attribute,
    Direction,
    Ownership,
    OwnershipKind,
    Person,
    SavedView,
    TouchKind,
)
from firstwin.connectors.actions.drafts import add_file, open_draft, set_mapping
from firstwin.connectors.models import ImportDraft, ImportRun, MatchCase
from firstwin.connectors.uploads import incoming_folder
from firstwin.outreach.models import OutboxMessage
from firstwin.people.actions.invitations import invite
from firstwin.people.models import Undo, User
from firstwin.people.roles import Role, Scope
from firstwin.people.tests.factories import PASSWORD, make_team, make_user
from firstwin.revenue.tests.screen_rows import one_of_each
from firstwin.signals.actions.override import override
from firstwin.signals.models import Episode, Override
from firstwin.signals.refresh.once import refresh_accounts
from firstwin.support.actions.receive import TicketSaid, receive_tickets
from firstwin.support.models import Ticket
from firstwin.usage.actions.begin_source import begin_source
from firstwin.usage.models import SourceKind
from firstwin.usage.store.models import EventName, Inbox, Place, Rejected
from tests.routes import Samples

NOW = datetime.now(UTC) - timedelta(minutes=5)


@dataclass
class World:
    owner: User
    teammate: User
    stranger: User
    viewer: User
    operations: User
    admin: User
    acme: Account
    samples: Samples

    @property
    def staff(self) -> dict[str, User]:
        names = ("owner", "teammate", "stranger", "viewer", "operations", "admin")
        return {name: getattr(self, name) for name in names}


def build_world() -> World:
    """Staff and an account in the owner's book, in the database at hand."""
    north = make_team("North")
    owner = make_user("Ada Okafor", password=PASSWORD, role=Role.CSM, team=north, scope=Scope.OWN)
    teammate = make_user("Mina Ruiz", password=PASSWORD, role=Role.CSM, team=north, scope=Scope.TEAM)
    stranger = make_user("Tom Sato", password=PASSWORD, role=Role.CSM, team=make_team("South"), scope=Scope.OWN)
    admin = make_user("Ines Prado", password=PASSWORD, role=Role.ADMIN)
    acme = open_account(by=owner, name="Acme", now=NOW, domains=["acme.example"], external_ids=[("crm", "A-1")])
    things = _fill(owner, stranger, acme)
    refresh_accounts([acme.pk], now=datetime.now(UTC))
    return World(
        owner=owner,
        teammate=teammate,
        stranger=stranger,
        viewer=make_user("Vera Lind", password=PASSWORD, role=Role.VIEWER),
        operations=make_user("Ola Berg", password=PASSWORD, role=Role.OPERATIONS),
        admin=admin,
        acme=acme,
        samples=_samples(admin, things),
    )


def _fill(owner: User, stranger: User, acme: Account) -> dict[str, Any]:
    """One of each thing an account can have."""
    open_account(by=owner, name="Acme Nordic", now=NOW, parent=acme)
    industry = Attribute.objects.get(key="industry")
    set_attributes(by=owner, accounts=[acme], values={industry: "Energy"}, now=NOW)
    set_attributes(by=None, accounts=[acme], values={industry: "Mining"}, now=NOW, source="crm")
    tag_accounts(by=owner, accounts=[acme], names=["Beta"], now=NOW)
    add_owner(by=owner, accounts=[acme], kind=OwnershipKind.CO_OWNER, user=owner, now=NOW)
    person = add_person(
        by=owner, account=acme, now=NOW, name="Ines Sol", email="ines@acme.example", roles_played=["sponsor", "doer"]
    )
    touch = log_touch(
        by=owner,
        account=acme,
        kind=TouchKind.CALL,
        direction=Direction.BOTH,
        occurred_at=NOW,
        summary="Spoke about the roll-out",
        next_step="Send the plan",
        next_step_on=date.today() + timedelta(days=3),
        attendees=[person],
        now=NOW,
    )
    note = add_note(by=owner, account=acme, body="**Careful** with dates.", now=NOW)
    file = keep_file(by=owner, account=acme, name="plan.txt", content=ContentFile(b"plan", name="plan.txt"), now=NOW)
    shared = SavedView.objects.create(key="shared", name="Shared", owner=owner, is_shared=True)
    private = SavedView.objects.create(key="private", name="Private", owner=owner)
    params = {"name": "Gamma"}
    bulk = start_bulk_edit(by=owner, deed="tag", params=params, account_ids=[acme.pk], says="Tagged", now=NOW)
    ownership = Ownership.objects.open().filter(account=acme, kind=OwnershipKind.CO_OWNER).get()
    return {
        "account": acme, "person": person, "touch": touch, "note": note, "file": file, "view": shared,
        "private": private, "ownership": ownership, "bulk": bulk, "stranger": stranger, "owner": owner,
        "ticket": _ticket(acme, person), "finding": _finding(acme), "override": _override(owner, acme),
        **one_of_each(acme), **_merged(owner, acme, person), **_usage(),
    }  # fmt: skip


def _usage() -> dict[str, Any]:
    """A source with a key, and one of each thing its pages show."""
    source = begin_source(by=None, name="Web app", kind=SourceKind.WEB, now=NOW)
    seen = {"first_at": NOW, "last_at": NOW, "events": 3}
    came = {"source": source.pk, "received_at": NOW}
    return {
        "source": source,
        "write_key": source.keys.get(),
        "feature": EventName.objects.create(kind="track", name="Report Opened", **seen),
        "place": Place.objects.create(source=source.pk, key="acme-9", name="Acme Ltd", **seen),
        "rejected": Rejected.objects.create(
            code="junk_id", says="An id is a placeholder.", call="track", event="Report Opened",
            body=b'{"type": "track", "userId": "null"}', **came,
        ),
        "batch": Inbox.objects.create(body=b"{", events=1, size=1, held_at=NOW, held_why="It is cut short.", **came),
    }  # fmt: skip


def _merged(owner: User, acme: Account, person: Person) -> dict[str, Any]:
    """A second record of the account, and one of the person, that were merged into the first."""
    second = open_account(by=owner, name="Acme Old", now=NOW)
    twin = add_person(by=owner, account=acme, name="I. Sol", email="sol@acme.example", now=NOW)
    return {
        "merge": merge_accounts(by=owner, survivor=acme, absorbed=second, now=NOW),
        "person_merge": merge_people(by=owner, survivor=person, absorbed=twin, now=NOW),
    }


def _match(run: ImportRun, account: Account) -> MatchCase:
    """A row that may mean the account."""
    return MatchCase.objects.create(
        source="crm", kind="accounts", external_id="A-9", feed="accounts", run=run, line=4, header=["Id", "Name"],
        cells=["A-9", "Acme GmbH"], said={"Name": "Acme GmbH"}, best=0.85, asked_at=NOW,
        candidates=[{"id": account.pk, "confidence": 0.85, "reasons": ["same name but for the legal form"]}],
    )  # fmt: skip


def _draft(admin: User) -> ImportDraft:
    """An import somebody prepares, as far as its preview."""
    draft = open_draft(by=admin, now=NOW)
    path = incoming_folder() / f"{draft.key.hex}.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Id,Name,Since\nA-1,Acme,03/04/2024\n,Nameless,04/05/2024\n", encoding="utf-8")
    add_file(by=admin, draft=draft, called="accounts.csv", path=path, sha256="", now=NOW)
    text = "source: crm\nfiles:\n- {name: accounts, kind: accounts, key: Id, fields: {name: Name}}\n"
    set_mapping(by=admin, draft=draft, text=text, now=NOW)
    return draft


def _run(admin: User) -> ImportRun:
    """An import that came to its end, with a rejected row."""
    counts = {"read": 3, "new": 2, "changed": 0, "unchanged": 0, "skipped": 0, "rejected": 1}
    fault = {"line": 3, "column": "Id", "value": "", "reason": "The key is blank."}
    file = {
        "name": "accounts", "file": "accounts.csv", "kind": "accounts", "sha256": "", "encoding": "utf-8",
        "delimiter": ",", "counts": counts, "skipped": {}, "warnings": {"It is lossy.": 2}, "faults": [fault],
        "fault_count": 1, "rejects": None,
    }  # fmt: skip
    return ImportRun.objects.create(
        source="crm", mapping_name="crm.yaml", mapping_sha256="", mapping_text="source: crm\n", state="finished",
        files=[file], started_at=NOW, finished_at=NOW, by=admin, progress=1.0, cursor={"step": 1},
    )  # fmt: skip


def _override(owner: User, account: Account) -> Override:
    return override(
        by=owner, account=account, scorecard="pooled", level="overall", points=50, reason="They told us",
        expires_on=date.today() + timedelta(days=30), now=NOW,
    )  # fmt: skip


def _finding(account: Account) -> Episode:
    """A risk that is open."""
    return Episode.objects.create(
        account=account, detector="silent", version=1, what="risk", severity=2, words="Nobody answered for 40 days",
        evidence={}, first_on=NOW.date(), last_on=NOW.date(), at=NOW,
    )  # fmt: skip


def _ticket(account: Account, person: Person) -> Ticket:
    told = TicketSaid(
        row=2, external_id="T-1", account_id=account.pk, known_at=NOW, has_own_time=True, status="open",
        opened_at=NOW - timedelta(days=20), priority="urgent", person_id=person.pk, subject="The report stays empty",
        url="https://desk.example/T-1",
    )  # fmt: skip
    receive_tickets(said=[told], source="desk", origin=None, now=NOW)
    refresh_received([account.pk], now=NOW)
    return Ticket.objects.as_told().get(source="desk", external_id="T-1")


def _samples(admin: User, things: dict[str, Any]) -> Samples:
    invited = invite(by=admin, email="new@example.com", name="New", role=Role.CSM, now=NOW)
    message = OutboxMessage.objects.order_by("pk").first()
    draft, run = _draft(admin), _run(admin)
    undo = Undo.objects.create(
        user=things["owner"], verb="touch.logged", payload={"touch": str(things["touch"].key)}, says="Logged",
        made_at=NOW, expires_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    return Samples(
        by_parameter={
            "key": things["account"].key,
            "person": things["person"].key,
            "attribute": "industry",
            "touch": things["touch"].key,
            "file": things["file"].key,
            "role": "champion",
            "section": "people",
            "token": invited.link.rstrip("/").rsplit("/", 1)[-1],
            "uidb36": "1",
            "deed": "tag",
            "field": "tags",
            "figure": "arr",
            "product": things["product"].key,
            "record": things["loss"].external_id[1:],
            "form": "csv",
            "kind": "touch",
            "draft": draft.key,
            "run": run.pk,
            "source": things["source"].key,
            "feature": things["feature"].pk,
            "call": "track",
            "segment": "high-touch",
            "experience": "pooled",
            "measure": "licence",
            "scorecard": "pooled",
        },
        by_route={
            "view": {"key": things["view"].key},
            "definition": {"kind": "segment", "key": "high-touch"},
            "definition_edit": {"kind": "segment", "key": "high-touch"},
            "definition_drop": {"kind": "segment", "key": "high-touch"},
            "definition_new": {"kind": "scorecard"},
            "definition_remove": {"kind": "segment", "key": "high-touch"},
            "definition_rollback": {"kind": "segment", "key": "high-touch"},
            "view_removal": {"key": things["view"].key},
            "bulk_edit": {"pk": things["bulk"].pk},
            "account_usage_figure": {"figure": "weekly"},
            "account_line": {"pk": things["line"].pk},
            "account_invoice": {"pk": things["invoice"].pk},
            "account_contract": {"pk": things["contract"].pk},
            "account_churn": {"pk": things["loss"].pk},
            "product_id": {"pk": things["product_id"].pk},
            "account_rollup": {"attribute": "employees"},
            "note": {"pk": things["note"].pk},
            "note_history": {"pk": things["note"].pk},
            "note_pin": {"pk": things["note"].pk},
            "note_removal": {"pk": things["note"].pk},
            "account_merged": {"pk": things["merge"].pk},
            "contact_merged": {"pk": things["person_merge"].pk},
            "match": {"pk": _match(run, things["account"]).pk},
            "account_owner_end": {"pk": things["ownership"].pk},
            "account_ticket": {"pk": things["ticket"].pk},
            "staff_member": {"pk": things["stranger"].pk},
            "staff_disable": {"pk": things["stranger"].pk},
            "staff_enable": {"pk": things["stranger"].pk},
            "invitation_revoke": {"pk": invited.invitation.pk},
            "risk_aside": {"pk": things["finding"].pk},
            "account_override_removal": {"pk": things["override"].pk},
            "risk_back": {"pk": things["finding"].pk},
            "undo": {"pk": undo.pk},
            "team_rename": {"key": things["owner"].team.key},
            "team_archive": {"key": things["owner"].team.key},
            "team_restore": {"key": things["owner"].team.key},
            "account_reset_password_from_key": {"key": "set-password", "uidb36": "1"},
            "import_file": {"draft": draft.key, "file": "accounts"},
            "import_file_removal": {"draft": draft.key, "file": "accounts"},
            "import_mapping_file": {"draft": draft.key, "file": "accounts"},
            "import_rejects": {"run": run.pk, "file": "accounts"},
            "usage_key_revocation": {"pk": things["write_key"].pk},
            "usage_place": {"pk": things["place"].pk},
            "usage_rejected": {"pk": things["rejected"].pk},
            "usage_held": {"pk": things["batch"].pk},
            "outbox_message": {"pk": message.pk if message else 1},
            "outbox_send_again": {"pk": message.pk if message else 1},
            "outbox_discard": {"pk": message.pk if message else 1},
        },
    )
