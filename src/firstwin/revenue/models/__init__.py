from firstwin.revenue.models.churn import ChurnRecord
from firstwin.revenue.models.contract import Contract
from firstwin.revenue.models.invoice import Invoice
from firstwin.revenue.models.kinds import (
    Charge,
    ChurnKind,
    CommercialStatus,
    Interval,
    InvoiceKind,
    InvoiceState,
    PaymentKind,
)
from firstwin.revenue.models.line import SubscriptionLine
from firstwin.revenue.models.payment_method import PaymentMethod
from firstwin.revenue.models.product import Product, ProductExternalId

__all__ = [
    "Charge", "ChurnKind", "ChurnRecord", "CommercialStatus", "Contract", "Interval", "Invoice", "InvoiceKind",
    "InvoiceState", "PaymentKind", "PaymentMethod", "Product", "ProductExternalId", "SubscriptionLine",
]  # fmt: skip
