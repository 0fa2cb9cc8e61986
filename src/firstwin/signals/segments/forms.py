"""What is typed about segments and experiences."""

import re
from typing import Any

from django import forms

from firstwin.core.conditions import Condition, check, parse_text
from firstwin.core.errors import Refused
from firstwin.core.fields import vocabulary
from firstwin.people.config.labels import labels
from firstwin.people.config.possible import require_possible
from firstwin.signals.kinds.experience import Experience
from firstwin.signals.kinds.experience_text import MOST_DAYS, MOST_HOURS, MOST_PRIORITY, TOUCH_MODELS
from firstwin.signals.section.layout import section_keys, stranger_words

_PATH = re.compile(r"^(?:(?:all|any|not|where)(?:\[\d+\])?\.?)+: ")

_NOTE = forms.CharField(
    label="Why", max_length=300, required=False, help_text="Kept with the version, for those who read it later."
)


class SegmentForm(forms.Form):
    """condition: the text form."""

    label = forms.CharField(label="Name", max_length=60)
    help = forms.CharField(label="What it is for", max_length=500, required=False)
    condition = forms.CharField(
        label="Accounts for which", max_length=8_000, widget=forms.Textarea({"rows": 5, "spellcheck": "false"})
    )
    note = _NOTE
    based_on = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def clean_condition(self) -> Condition:
        try:
            return read_condition(self.cleaned_data["condition"])
        except Refused as refused:
            raise forms.ValidationError(refused.message) from None


def read_condition(text: str) -> Condition:
    """What was typed, as a condition on accounts. Raises Refused."""
    tree, known = parse_text(text), vocabulary()
    check(tree, known)
    try:
        require_possible(tree, known)
    except Refused as refused:  # a path into the tree says nothing to those who typed it as text
        raise Refused(_PATH.sub("", refused.message)) from None
    return tree


class ExperienceForm(forms.Form):
    """scorecard is the primary one, others are shown beside it; lists are typed one entry a line."""

    label = forms.CharField(label="Name", max_length=60)
    help = forms.CharField(label="What it means", max_length=500, required=False)
    segment = forms.ChoiceField(label="Serves the accounts of", required=False)
    touch_model = forms.ChoiceField(label="Touch model", choices=TOUCH_MODELS)
    priority = forms.IntegerField(
        label="Priority", min_value=1, max_value=MOST_PRIORITY, help_text="The lowest number is asked first."
    )
    cadence_days = forms.IntegerField(
        label="Days between planned contacts", min_value=1, max_value=MOST_DAYS, required=False,
        help_text="Empty: none is planned.",
    )  # fmt: skip
    silent_days = forms.IntegerField(
        label="Silent after days", min_value=1, max_value=MOST_DAYS, help_text="Without two-way contact."
    )
    scorecard = forms.ChoiceField(label="Scorecard", help_text="Its score is the account's health.")
    others = forms.MultipleChoiceField(label="Scorecards beside it", required=False)
    pipeline = forms.ChoiceField(label="Pipeline")
    service_levels = forms.CharField(
        label="Service levels", required=False, max_length=2_000, widget=forms.Textarea({"rows": 3}),
        help_text="One a line, in hours: first answer: 4",
    )  # fmt: skip
    skills = forms.CharField(
        label="Skills it needs", required=False, max_length=4_000, widget=forms.Textarea({"rows": 2}),
        help_text="One a line.",
    )  # fmt: skip
    plays = forms.CharField(
        label="Plays", required=False, max_length=4_000, widget=forms.Textarea({"rows": 2}), help_text="One a line."
    )
    layout = forms.CharField(
        label="Sections of the account page", required=False, max_length=2_000, widget=forms.Textarea({"rows": 2}),
        help_text="Keys in their order, one a line; the others stand under a menu. Empty: all, as usual.",
    )  # fmt: skip
    note = _NOTE
    based_on = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].choices = [("", "Everybody else"), *labels("segment")]  # type: ignore[attr-defined]
        self.fields["scorecard"].choices = labels("scorecard")  # type: ignore[attr-defined]
        self.fields["others"].choices = labels("scorecard")  # type: ignore[attr-defined]
        self.fields["pipeline"].choices = labels("pipeline")  # type: ignore[attr-defined]
        self.fields["layout"].help_text += f" Keys: {', '.join(section_keys())}."

    def clean_service_levels(self) -> dict[str, float]:
        levels: dict[str, float] = {}
        for line in _lines(self.cleaned_data["service_levels"]):
            name, _, hours = line.rpartition(":")
            try:
                levels[name.strip()] = float(hours)
            except ValueError:
                raise forms.ValidationError(f"“{line[:60]}” is not a name, a colon and hours.") from None
            if not name.strip() or not 0.1 <= levels[name.strip()] <= MOST_HOURS:
                raise forms.ValidationError(f"“{line[:60]}”: a name and 0.1 to {MOST_HOURS:,} hours.")
        return levels

    def clean_layout(self) -> list[str]:
        keys = _lines(self.cleaned_data["layout"])
        for words in filter(None, map(stranger_words, keys)):
            raise forms.ValidationError(words)
        return keys

    def experience(self, key: str) -> Experience:
        """What was typed, once it is valid."""
        given = self.cleaned_data
        others = [card for card in given["others"] if card != given["scorecard"]]
        return Experience(
            key=key,
            label=given["label"].strip(),
            priority=given["priority"],
            segment=given["segment"],
            touch_model=given["touch_model"],
            cadence_days=given["cadence_days"],
            silent_days=given["silent_days"],
            skills=tuple(_lines(given["skills"])),
            plays=tuple(_lines(given["plays"])),
            service_levels=given["service_levels"],
            scorecards=(given["scorecard"], *others),
            pipeline=given["pipeline"],
            layout=tuple(given["layout"]),
            help=given["help"].strip(),
        )


def held(experience: Experience) -> dict[str, Any]:
    """What the form shows of an experience."""
    return {
        "label": experience.label,
        "help": experience.help,
        "segment": experience.segment,
        "touch_model": experience.touch_model,
        "priority": experience.priority,
        "cadence_days": experience.cadence_days,
        "silent_days": experience.silent_days,
        "scorecard": experience.scorecards[0] if experience.scorecards else "",
        "others": list(experience.scorecards[1:]),
        "pipeline": experience.pipeline,
        "service_levels": "\n".join(f"{name}: {hours:g}" for name, hours in experience.service_levels.items()),
        "skills": "\n".join(experience.skills),
        "plays": "\n".join(experience.plays),
        "layout": "\n".join(experience.layout),
    }


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
