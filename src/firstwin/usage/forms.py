"""What people type about sources, event names and the lake, checked for shape."""

from typing import Any

from django import forms

from firstwin.revenue.models import Product
from firstwin.usage.models import Means, SourceKind

LONGEST_RETENTION = 36_500


class SourceForm(forms.Form):
    """A source. What its calls may add is said here."""

    name = forms.CharField(label="Name", max_length=120, help_text="What it is to you: Web app, Billing service.")
    kind = forms.ChoiceField(label="What sends", choices=SourceKind.choices, initial=SourceKind.WEB)
    adds_people = forms.BooleanField(
        label="Add people it identifies",
        required=False,
        initial=True,
        help_text="An identify call with a name or address adds that person to their account, where it is known.",
    )
    adds_accounts = forms.BooleanField(
        label="Open accounts for customers it names",
        required=False,
        help_text="A group call with a name opens an account nobody knows yet. Otherwise it waits for you.",
    )
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)


class KeyForm(forms.Form):
    label = forms.CharField(label="What it is for", max_length=80, required=False)


class ProductField(forms.ModelChoiceField[Product]):
    """A product by its key."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value).replace("\x00", "") if value else value)


class MeaningForm(forms.Form):
    """What one event name means."""

    label = forms.CharField(label="Label", max_length=120, required=False, help_text="How people read it here.")
    product = ProductField(
        Product.objects.none(), label="Product", required=False, to_field_name="key", empty_label="None"
    )
    parent = forms.TypedChoiceField(label="Belongs under", required=False, coerce=int, empty_value=None)
    means = forms.ChoiceField(
        label="The first one means", choices=[("", "Nothing special"), *Means.choices], required=False
    )
    is_core = forms.BooleanField(
        label="Core workflow", required=False, help_text="What the product is bought for. Depth of use counts these."
    )
    is_ignored = forms.BooleanField(
        label="Ignore it", required=False, help_text="Noise: kept, but it makes nobody active and counts nowhere."
    )

    def __init__(self, *args: Any, parents: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products()  # type: ignore[attr-defined]
        self.fields["parent"].choices = [("", "Nothing"), *parents]  # type: ignore[attr-defined]


class RetentionForm(forms.Form):
    """How long single events are kept. Blank keeps everything."""

    retention_days = forms.IntegerField(
        label="Keep events for",
        required=False,
        min_value=30,
        max_value=LONGEST_RETENTION,
        help_text="Days. Blank: for ever.",
    )
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)


class LimitsForm(forms.Form):
    """How much may wait, and how many event names are told apart."""

    largest_inbox_mb = forms.IntegerField(
        label="Inbox",
        min_value=16,
        max_value=1_000_000,
        help_text="MB that may wait to be taken up. When they are full, senders are asked to come again.",
    )
    most_names = forms.IntegerField(
        label="Event names",
        min_value=100,
        max_value=100_000,
        help_text="Names told apart. Further new ones are taken up as “(other)”.",
    )
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs={"id": "limits_edition"}))


def products() -> Any:
    return Product.objects.filter(merged_into=None, is_archived=False).order_by("name_folded")
