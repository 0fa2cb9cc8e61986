"""What people say about an account's health, checked for shape."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms

from firstwin.signals.models import Mood
from firstwin.signals.pulses import REASONS

USUAL_DAYS = 30
"""For how long something is set by hand unless somebody says otherwise."""


class OverrideForm(forms.Form):
    """level, target, scorecard: what is set; they come from the button that was pressed."""

    points = forms.IntegerField(
        label="Points", min_value=0, max_value=100, help_text="0 to 100. It counts as this instead of what is computed."
    )
    reason = forms.CharField(
        label="Why", max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text="What you know that the figures do not. Everybody who sees the score reads it.",
    )  # fmt: skip
    expires_on = forms.DateField(
        label="Until", widget=forms.DateInput({"type": "date"}),
        help_text="The first day on which what is computed counts again, within a year.",
    )  # fmt: skip
    level = forms.CharField(widget=forms.HiddenInput)
    target = forms.CharField(widget=forms.HiddenInput, required=False)
    scorecard = forms.CharField(widget=forms.HiddenInput)
    looks: ClassVar[dict[str, str]] = {"reason": "area"}

    def add_error(self, field: Any, error: Any) -> None:
        """What is wrong with a field nobody sees is said above the form."""
        super().add_error(None if field in ("level", "target", "scorecard") else field, error)

    @staticmethod
    def usual(today: date) -> dict[str, Any]:
        return {"expires_on": today + timedelta(days=USUAL_DAYS)}


class PulseForm(forms.Form):
    mood = forms.ChoiceField(label="How does it feel?", choices=Mood.choices, widget=forms.RadioSelect)
    reasons = forms.MultipleChoiceField(
        label="Because of", choices=list(REASONS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    comment = forms.CharField(label="In your words", max_length=500, required=False, widget=forms.Textarea({"rows": 3}))
    looks: ClassVar[dict[str, str]] = {"mood": "segmented", "reasons": "several", "comment": "area"}


class PauseForm(forms.Form):
    reason = forms.CharField(
        label="Why", max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text="What everybody waits for, such as a frozen project or a migration on their side.",
    )  # fmt: skip
    looks: ClassVar[dict[str, str]] = {"reason": "area"}
