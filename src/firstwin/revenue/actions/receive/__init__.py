"""Take in what billing and contract systems say, many records at once. The only writers of these facts.

Every verb takes `said` (checked and typed), the `source`, the `origin` (id of the import run, if any) and
`unsaid`: names of fields the source does not speak of, which stay as they are in records we already have.
"""

from firstwin.revenue.actions.receive.churn import receive_churn
from firstwin.revenue.actions.receive.contracts import receive_contracts
from firstwin.revenue.actions.receive.invoices import receive_invoices
from firstwin.revenue.actions.receive.lines import receive_lines
from firstwin.revenue.actions.receive.payment_methods import receive_payment_methods
from firstwin.revenue.actions.receive.products import receive_products
from firstwin.revenue.actions.receive.said import (
    ChurnSaid,
    ContractSaid,
    InvoiceSaid,
    LineSaid,
    PaymentMethodSaid,
    ProductSaid,
)

__all__ = [
    "ChurnSaid", "ContractSaid", "InvoiceSaid", "LineSaid", "PaymentMethodSaid", "ProductSaid", "receive_churn",
    "receive_contracts", "receive_invoices", "receive_lines", "receive_payment_methods", "receive_products",
]  # fmt: skip
