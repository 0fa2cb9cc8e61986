"""What people type in this room, checked for shape. What it means is decided by the actions."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest

from firstwin.core.text import is_clean
from firstwin.people import tasks
from firstwin.people.models import Channel, Density, Team, Theme, User
from firstwin.people.notifications import NotificationKind, kinds
from firstwin.people.roles import Role, Scope


def _clean(text: str) -> None:
    if not is_clean(text):
        raise ValidationError("This text holds characters that cannot be kept.")


class _TeamField(forms.ModelChoiceField[Team]):
    """Teams in use, and the one already chosen even if it was archived since."""

    def __init__(self, *, chosen: Team | None = None) -> None:
        teams = Team.objects.filter(Q(is_archived=False) | Q(pk=chosen.pk if chosen else 0))
        super().__init__(teams, required=False, empty_label="No team")


class InviteForm(forms.Form):
    email = forms.EmailField(label="Email", validators=[_clean])
    name = forms.CharField(label="Name", required=False, max_length=200, validators=[_clean])
    role = forms.ChoiceField(label="Role", choices=Role.choices, initial=Role.CSM)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = _TeamField()

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class AccessForm(forms.Form):
    """Role, team and scope of one person."""

    role = forms.ChoiceField(label="Role", choices=Role.choices)
    scope = forms.ChoiceField(label="Sees", required=False, choices=[("", "What the role sees"), *Scope.choices])

    def __init__(self, data: Any = None, *, user: User) -> None:
        initial = {"role": user.role, "scope": user.scope or "", "team": user.team_id}
        super().__init__(data, initial=initial)
        self.fields["team"] = _TeamField(chosen=user.team)

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean_scope(self) -> Scope | None:
        return Scope(self.cleaned_data["scope"]) if self.cleaned_data["scope"] else None


class TeamForm(forms.Form):
    name = forms.CharField(label="Name", max_length=100, validators=[_clean])


class JoinForm(forms.Form):
    """Accept an invitation."""

    name = forms.CharField(
        label="Your name",
        max_length=200,
        validators=[_clean],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text="At least 10 characters.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, email: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        kept = self.cleaned_data
        if kept.get("password"):
            try:
                validate_password(kept["password"], User(email=self.email, name=kept.get("name", "")))
            except ValidationError as problem:
                self.add_error("password", problem)
        return kept


class ProfileForm(forms.Form):
    name = forms.CharField(label="Name", max_length=200, validators=[_clean])
    time_zone = forms.CharField(
        label="Time zone",
        required=False,
        max_length=64,
        help_text="Such as Europe/Madrid. Empty: the installation's.",
    )

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"].strip()
        if name and name not in available_timezones():
            raise ValidationError("There is no such time zone.")
        return str(ZoneInfo(name)) if name else ""


class AppearanceForm(forms.Form):
    theme = forms.ChoiceField(label="Theme", choices=Theme.choices)
    density = forms.ChoiceField(label="Rows", choices=Density.choices)
    shortcuts_on = forms.BooleanField(label="Single-key shortcuts", required=False)

    def clean_theme(self) -> Theme:
        return Theme(self.cleaned_data["theme"])

    def clean_density(self) -> Density:
        return Density(self.cleaned_data["density"])


class NotificationsForm(forms.Form):
    """One box for each kind and channel."""

    def __init__(self, data: Any = None, *, chosen: dict[tuple[str, Channel], bool]) -> None:
        super().__init__(data)
        self.chosen = chosen
        for (kind, channel), is_on in chosen.items():
            self.fields[_box(kind, channel)] = forms.BooleanField(required=False, initial=is_on)

    def rows(self) -> Iterator[tuple[NotificationKind, list[tuple[Channel, forms.BoundField]]]]:
        for kind in kinds():
            yield kind, [(channel, self[_box(kind.key, channel)]) for channel in Channel]

    def choices(self) -> dict[tuple[str, Channel], bool]:
        return {(kind, channel): bool(self.cleaned_data[_box(kind, channel)]) for kind, channel in self.chosen}


def _box(kind: str, channel: Channel) -> str:
    return f"{kind}:{channel}"


class AuditFilterForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label="Person", required=False, empty_label="Anybody")
    did = forms.CharField(label="Action", required=False, max_length=64)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["person"].queryset = User.objects.all()  # type: ignore[attr-defined]


class ResetPasswordForm(forms.Form):
    """In place of the sign-in package's form, which looks the address up while the asker waits."""

    email = forms.EmailField(label="Email", widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        tasks.mail_reset_link.enqueue(email)
        return email
