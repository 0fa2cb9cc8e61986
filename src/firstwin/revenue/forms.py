"""What people type about a loss and about products, checked for shape."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from firstwin.core.currencies import EXPONENTS
from firstwin.core.errors import Refused
from firstwin.core.money import Money
from firstwin.revenue.actions.record_churn import Loss
from firstwin.revenue.models import ChurnKind, ChurnRecord, Product

WHETHER = (("", "Not known"), ("yes", "Yes"), ("no", "No"))
_TRUTH = {"yes": True, "no": False}


def _day(label: str, *, required: bool = False, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput({"type": "date"}), **more)


def _words(label: str, most: int = 120, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=most, **more)


class ChurnForm(forms.Form):
    """A loss. The kind and the day are required; the reasons are what it is for."""

    kind = forms.ChoiceField(label="What was lost", choices=ChurnKind.choices, initial=ChurnKind.LOGO)
    effective_on = _day("From", required=True, help_text="The first day without service.")
    product = forms.ModelChoiceField(
        Product.objects.none(), label="Product", required=False, to_field_name="key", empty_label="All or several"
    )
    stated_reason = _words("What they say")
    root_cause = _words("Root cause", help_text="What we found.")
    is_voluntary = forms.ChoiceField(label="Their choice", choices=WHETHER, required=False)
    is_controllable = forms.ChoiceField(label="In our hands", choices=WHETHER, required=False)
    lost = forms.CharField(label="ARR lost", required=False, max_length=40)
    refund = forms.CharField(label="Refund", required=False, max_length=40)
    currency = forms.CharField(label="Currency", required=False, max_length=3)
    first_signal_on = _day("First signal")
    notice_on = _day("Notice given")
    won_back_on = _day("Won back")
    competitor = _words("Went to")
    comment = _words("Comment", 10_000, widget=forms.Textarea({"rows": 3}))
    review_url = _words("Link to the review", 500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        products = Product.objects.filter(merged_into=None).order_by("is_archived", "name_folded")
        self.fields["product"].queryset = products  # type: ignore[attr-defined]
        self.fields["currency"].initial = settings.FIRSTWIN_CURRENCY

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if code and code not in EXPONENTS:
            raise forms.ValidationError(f"{code} is not an ISO 4217 currency.")
        return code

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("lost", "refund"):
            try:
                self.cleaned_data[f"{name}_minor"] = self._minor(str(given.get(name, "")))
            except Refused as refused:
                self.add_error(name, refused.message)
        return given

    def _minor(self, text: str) -> int | None:
        currency = self.cleaned_data.get("currency") or settings.FIRSTWIN_CURRENCY
        return Money.parse(text, currency).minor if text.strip() else None

    def loss(self, held: ChurnRecord | None = None) -> Loss:
        """What was typed; call it on a valid form. held: what the form does not speak of stays as it is."""
        given = self.cleaned_data
        has_amount = given["lost_minor"] is not None or given["refund_minor"] is not None
        return Loss(
            effective_on=given["effective_on"],
            kind=ChurnKind(given["kind"]),
            product=given["product"],
            is_voluntary=_TRUTH.get(given["is_voluntary"]),
            is_controllable=_TRUTH.get(given["is_controllable"]),
            stated_reason=given["stated_reason"],
            root_cause=given["root_cause"],
            first_signal_on=given["first_signal_on"],
            notice_on=given["notice_on"],
            won_back_on=given["won_back_on"],
            is_reactivation=held.is_reactivation if held else False,
            currency=(given["currency"] or settings.FIRSTWIN_CURRENCY) if has_amount else "",
            lost_minor=given["lost_minor"],
            refund_minor=given["refund_minor"],
            competitor=given["competitor"],
            comment=given["comment"],
            review_url=given["review_url"],
        )

    @classmethod
    def held(cls, row: ChurnRecord) -> "Mapping[str, Any]":
        """What a record says, for the form that corrects it."""
        whether = {True: "yes", False: "no", None: ""}
        names = (
            "kind", "effective_on", "stated_reason", "root_cause", "first_signal_on", "notice_on", "won_back_on",
            "competitor", "comment", "review_url",
        )  # fmt: skip
        return {
            **{name: getattr(row, name) for name in names},
            "product": row.product.key if row.product else "",
            "is_voluntary": whether[row.is_voluntary],
            "is_controllable": whether[row.is_controllable],
            "currency": row.currency or settings.FIRSTWIN_CURRENCY,
            "lost": _plain(row.lost_minor, row.currency),
            "refund": _plain(row.refund_minor, row.currency),
        }


def _plain(minor: int | None, currency: str) -> str:
    return str(Money(minor, currency).major) if minor is not None and currency else ""


class ProductForm(forms.Form):
    """A product of the catalogue."""

    looks: ClassVar[Mapping[str, str]] = {}

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "A product has a name."})
    family = _words("Family", help_text="Products of one family stand together.")
    unit = _words("Unit", 24, help_text="What a line counts: seats, sites, gigabytes.")
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ExternalIdForm(forms.Form):
    """What a source calls a product."""

    source = forms.CharField(label="Source", max_length=64)
    external_id = forms.CharField(label="Its id there", max_length=255)


class MergeForm(forms.Form):
    """Another product that is really this one."""

    into = forms.ModelChoiceField(
        Product.objects.none(), label="Into", to_field_name="key", empty_label="Choose a product",
        help_text="Its lines, ids and history move there. You can undo it.",
    )  # fmt: skip

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Product.objects.filter(merged_into=None).exclude(pk=product.pk).order_by("is_archived", "name_folded")
        self.fields["into"].queryset = others  # type: ignore[attr-defined]
