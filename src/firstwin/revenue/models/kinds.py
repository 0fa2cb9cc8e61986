"""The words of the commercial facts."""

from django.db import models


class Charge(models.TextChoices):
    """What a line is charged for. Only recurring charges are ARR."""

    RECURRING = "recurring", "Recurring"
    ONE_OFF = "one_off", "One-off"
    METERED = "metered", "Metered"
    TAX = "tax", "Tax"


class Interval(models.TextChoices):
    """How often a line is billed."""

    DAY = "day", "Daily"
    WEEK = "week", "Weekly"
    MONTH = "month", "Monthly"
    QUARTER = "quarter", "Quarterly"
    HALF_YEAR = "half_year", "Half-yearly"
    YEAR = "year", "Yearly"
    TERM = "term", "Once a term"
    ONCE = "once", "Once"


class InvoiceKind(models.TextChoices):
    INVOICE = "invoice", "Invoice"
    CREDIT_NOTE = "credit_note", "Credit note"


class InvoiceState(models.TextChoices):
    """What became of an invoice. *Overdue* is not a state: it is an open invoice past its due day, on any date."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    PAID = "paid", "Paid"
    WRITTEN_OFF = "written_off", "Written off"
    VOID = "void", "Void"


class PaymentKind(models.TextChoices):
    CARD = "card", "Card"
    DIRECT_DEBIT = "direct_debit", "Direct debit"
    TRANSFER = "transfer", "Bank transfer"
    OTHER = "other", "Other"


class ChurnKind(models.TextChoices):
    LOGO = "logo", "Whole account"
    DOWNSELL = "downsell", "Downsell"
    PRODUCT = "product", "One product"


class CommercialStatus(models.TextChoices):
    """Where an account stands commercially on a date, from its lines alone."""

    PROSPECT = "prospect", "Prospect"
    TRIAL = "trial", "Trial"
    CUSTOMER = "customer", "Customer"
    CHURNED = "churned", "Churned"
