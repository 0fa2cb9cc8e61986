"""What people type about an account, checked for shape. What makes sense is decided by the actions.

`looks` says how a field is drawn where its widget does not: see templates/accounts/form.html.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from firstwin.accounts.models import (
    Attribute,
    AttributeKind,
    ContactRole,
    Direction,
    OwnershipKind,
    Person,
    RollUp,
    Sentiment,
    TouchKind,
    Visibility,
)
from firstwin.accounts.models.kinds import ROLE_MEANING
from firstwin.core.text import slug
from firstwin.people.models import Team, User

Looks = Mapping[str, str]


def _day(label: str, *, required: bool = False, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput({"type": "date"}), **more)


class LocalMoment(forms.DateTimeInput):
    """A date and a time of day in the reader's zone, as browsers send it."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class TouchForm(forms.Form):
    """A contact. Only what happened is required; everything else has a default."""

    looks: ClassVar[Looks] = {"kind": "segmented", "direction": "segmented", "sentiment": "segmented"}

    kind = forms.ChoiceField(label="Kind", choices=TouchKind.choices, required=False, initial=TouchKind.CALL)
    summary = forms.CharField(
        label="What happened",
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say in a word what it was about."},
    )
    attendees = forms.ModelMultipleChoiceField(label="Who took part", queryset=Person.objects.none(), required=False)
    occurred_at = forms.DateTimeField(
        label="When", required=False, widget=LocalMoment(), help_text="Now, unless you say."
    )
    direction = forms.ChoiceField(label="Direction", choices=Direction.choices, required=False, initial=Direction.BOTH)
    minutes = forms.IntegerField(label="Minutes", required=False, min_value=0, max_value=24 * 60)
    is_planned = forms.BooleanField(label="Planned ahead", required=False, initial=True)
    sentiment = forms.ChoiceField(
        label="How did it feel", choices=[("", "Not said"), *Sentiment.choices], required=False
    )
    next_step = forms.CharField(label="Next step", required=False, max_length=300)
    next_step_on = _day("Due")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attendees"].queryset = people  # type: ignore[attr-defined]

    def said(self, now: datetime) -> dict[str, Any]:
        """The arguments of `log_touch`, defaults filled in."""
        given = self.cleaned_data
        return {
            "kind": TouchKind(given["kind"] or TouchKind.CALL),
            "direction": Direction(given["direction"] or Direction.BOTH),
            "occurred_at": given["occurred_at"] or now,
            "summary": given["summary"],
            "minutes": given["minutes"] or 0,
            "is_planned": given["is_planned"],
            "sentiment": given["sentiment"],
            "next_step": given["next_step"],
            "next_step_on": given["next_step_on"],
            "attendees": list(given["attendees"]),
        }


class NoteForm(forms.Form):
    looks: ClassVar[Looks] = {"visibility": "segmented", "body": "area"}

    body = forms.CharField(
        label="Note",
        widget=forms.Textarea({"rows": 5}),
        help_text="Markdown: **bold**, lists, links.",
        error_messages={"required": "Write something first."},
    )
    visibility = forms.ChoiceField(
        label="Visible to",
        choices=[("internal", "Us only"), ("customer", "The customer too")],
        required=False,
        initial=Visibility.INTERNAL,
    )
    is_pinned = forms.BooleanField(label="Pin it to the summary", required=False)
    edition = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def clean_visibility(self) -> Visibility:
        return Visibility(self.cleaned_data["visibility"] or Visibility.INTERNAL)


class PersonForm(forms.Form):
    """Somebody at an account."""

    looks: ClassVar[Looks] = {"roles": "several"}

    name = forms.CharField(label="Name", max_length=200, required=False)
    email = forms.CharField(
        label="Email",
        max_length=320,
        required=False,
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text="Somebody already known by this address joins; they do not stand twice.",
    )
    title = forms.CharField(label="Title", max_length=200, required=False)
    phone = forms.CharField(label="Phone", max_length=60, required=False)
    roles = forms.MultipleChoiceField(
        label="Roles",
        required=False,
        choices=[(role.value, f"{role.label}: {ROLE_MEANING[role]}") for role in ContactRole],
    )


class EditPersonForm(forms.Form):
    name = forms.CharField(label="Name", max_length=200, required=False)
    email = forms.CharField(label="Email", max_length=320, required=False, widget=forms.EmailInput())
    phone = forms.CharField(label="Phone", max_length=60, required=False)
    title = forms.CharField(label="Title here", max_length=200, required=False)
    edition = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, has_title: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_title:
            del self.fields["title"]


class LeaveForm(forms.Form):
    left_on = _day("Left on", help_text="Their last day. Empty: today.")


class RolePlayerForm(forms.Form):
    """Who plays a role."""

    person = forms.ModelChoiceField(label="Person", queryset=Person.objects.none(), empty_label="Choose a person")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=ContactRole.choices)


class OwnerForm(forms.Form):
    """The named owner."""

    looks: ClassVar[Looks] = {"owner": "pick:staff_options"}

    owner = forms.ModelChoiceField(label="Owner", queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.enabled()  # type: ignore[attr-defined]


class HandOverForm(OwnerForm):
    """Who owns it next. Leaving an account without an owner is said, not left empty."""

    nobody = forms.BooleanField(label="Nobody: leave it without an owner", required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(given.get("owner")) == bool(given.get("nobody")):
            self.add_error("owner", "Choose somebody, or say that nobody owns it.")
        return given


class OtherOwnerForm(forms.Form):
    """Somebody beside the named owner."""

    looks: ClassVar[Looks] = {"user": "pick:staff_options", "kind": "segmented"}

    kind = forms.ChoiceField(
        label="As",
        choices=[(kind.value, kind.label) for kind in OwnershipKind if kind != OwnershipKind.NAMED],
        initial=OwnershipKind.CO_OWNER,
    )
    user = forms.ModelChoiceField(label="Person", queryset=User.objects.none(), required=False)
    team = forms.ModelChoiceField(
        label="Team", queryset=Team.objects.none(), required=False, help_text="For a pool.", empty_label="No team"
    )
    ends_on = _day("Until", help_text="For cover: the last day.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.enabled()  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.standing()  # type: ignore[attr-defined]


class ParentForm(forms.Form):
    looks: ClassVar[Looks] = {"parent": "pick:account_options"}

    parent = forms.CharField(label="Parent", required=False, max_length=80, help_text="Empty: it stands alone.")


class OtherAccountForm(forms.Form):
    looks: ClassVar[Looks] = {"other": "pick:account_options"}

    other = forms.CharField(label="The other record", max_length=80)


class OtherPersonForm(forms.Form):
    looks: ClassVar[Looks] = {"other": "pick:person_options"}

    other = forms.CharField(label="The other record", max_length=24)


class ChildForm(forms.Form):
    """A new account below, or one that is there already."""

    looks: ClassVar[Looks] = {"child": "pick:account_options"}

    name = forms.CharField(label="Name of a new account", max_length=200, required=False)
    child = forms.CharField(label="Or one that is here already", required=False, max_length=80)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if bool(given.get("name")) == bool(given.get("child")):
            self.add_error("name", "Name a new account, or choose one that is here.")
        return given


class RemovalForm(forms.Form):
    reason = forms.CharField(label="Reason", required=False, max_length=300)


class NameForm(forms.Form):
    name = forms.CharField(label="Name", max_length=200)
    edition = forms.IntegerField(widget=forms.HiddenInput())


class DomainsForm(forms.Form):
    domains = forms.CharField(label="Domains", required=False, max_length=4_000, help_text="Separate with spaces.")
    edition = forms.IntegerField(widget=forms.HiddenInput())

    def names(self) -> list[str]:
        said: str = self.cleaned_data["domains"]
        return said.replace(",", " ").split()


class TagForm(forms.Form):
    tag = forms.CharField(label="Tag", max_length=200)

    def names(self) -> list[str]:
        return [name for name in self.cleaned_data["tag"].split(",") if name.strip()]


class ValueForm(forms.Form):
    """One attribute's value, typed. `seen` is the id of the statement the person saw, 0 for none."""

    seen = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, attribute: Attribute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = _control(attribute)


def _control(attribute: Attribute) -> forms.Field:
    label = attribute.label
    match attribute.kind:
        case AttributeKind.CHOICE:
            choices = [("", "Not known"), *((str(v), str(words)) for v, words in attribute.choices)]
            return forms.CharField(label=label, required=False, widget=forms.Select(choices=choices))
        case AttributeKind.FLAG:
            choices = [("", "Not known"), ("yes", "Yes"), ("no", "No")]
            return forms.CharField(label=label, required=False, widget=forms.Select(choices=choices))
        case AttributeKind.DATE:
            return forms.CharField(label=label, required=False, widget=forms.DateInput({"type": "date"}))
        case AttributeKind.TEXT:
            return forms.CharField(label=label, required=False, max_length=10_000)
    unit = f" ({attribute.unit})" if attribute.unit else ""
    return forms.CharField(
        label=label + unit, required=False, max_length=60, widget=forms.TextInput({"inputmode": "decimal"})
    )


class FileForm(forms.Form):
    looks: ClassVar[Looks] = {"visibility": "segmented"}

    content = forms.FileField(label="File", error_messages={"required": "Choose a file."})
    visibility = forms.ChoiceField(
        label="Visible to",
        choices=[("internal", "Us only"), ("customer", "The customer too")],
        required=False,
        initial=Visibility.INTERNAL,
    )

    def clean_visibility(self) -> Visibility:
        return Visibility(self.cleaned_data["visibility"] or Visibility.INTERNAL)


class TimelineFilterForm(forms.Form):
    """The filters of the timeline. Nonsense in the address is ignored, not refused."""

    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "Everything"), *TouchKind.choices, ("notes", "Notes")]
    )
    direction = forms.ChoiceField(
        label="Direction", required=False, choices=[("", "Any direction"), *Direction.choices]
    )
    person = forms.ModelChoiceField(label="With", required=False, queryset=Person.objects.none(), empty_label="Anybody")
    author = forms.ModelChoiceField(label="By", required=False, queryset=User.objects.none(), empty_label="Anybody")
    q = forms.CharField(label="Search", required=False, max_length=200)
    since = _day("From")
    until = _day("To")
    changes = forms.ChoiceField(
        label="Changes", required=False, choices=[("", "With changes"), ("no", "Without changes")]
    )

    def __init__(self, data: Any, *, people: Any, authors: Any) -> None:
        super().__init__(data)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["author"].queryset = authors  # type: ignore[attr-defined]


class AttributeForm(forms.Form):
    """How an attribute is named and shown; with `is_new` also what it holds, which never changes later."""

    looks: ClassVar[Looks] = {"choices": "area"}

    label = forms.CharField(label="Label", max_length=80)
    kind = forms.ChoiceField(label="Kind", choices=AttributeKind.choices, help_text="It cannot be changed later.")
    unit = forms.CharField(
        label="Currency or unit", max_length=16, required=False, help_text="Money needs a currency such as EUR."
    )
    choices = forms.CharField(
        label="Choices",
        required=False,
        max_length=8_000,
        widget=forms.Textarea({"rows": 4}),
        help_text="One a line. To keep a stored value under a new name: value = Name.",
    )
    help = forms.CharField(label="Help", max_length=300, required=False, help_text="Shown where it is asked for.")
    roll_up = forms.ChoiceField(
        label="A parent shows",
        choices=RollUp.choices,
        initial=RollUp.NONE,
        help_text="What the accounts below come to.",
    )
    is_expected = forms.BooleanField(
        label="Expected on every account", required=False, help_text="Where it is missing, the account has a finding."
    )

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["kind"], self.fields["unit"]

    def pairs(self) -> list[tuple[str, str]]:
        """The choices as (value, label)."""
        return read_choices(self.cleaned_data["choices"])


def read_choices(text: str) -> list[tuple[str, str]]:
    """`value = Label` or just `Label`, one a line."""
    pairs = []
    for line in text.splitlines():
        value, is_given, label = line.partition("=")
        value, label = value.strip(), label.strip()
        if not value:
            continue
        pairs.append((value, label or value) if is_given else (slug(value, limit=60).replace("-", "_") or value, value))
    return pairs


def write_choices(choices: Sequence[Sequence[str]]) -> str:
    """The inverse of `read_choices`."""
    return "\n".join(f"{value} = {label}" for value, label in choices)


def noon_of(day: date) -> datetime:
    """The middle of a day: a leaving date typed as a day."""
    return timezone.make_aware(datetime.combine(day, time(12)))
