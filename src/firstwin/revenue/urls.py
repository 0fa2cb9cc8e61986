"""Routes of the revenue room. Those of an account lie under its commercial section."""

from django.urls import path

from firstwin.revenue.views import churn, products, records

_C = "accounts/<slug:key>/commercial/"

urlpatterns = [
    path("settings/products/", products.product_list, name="products"),
    path("settings/products/<slug:product>/", products.product, name="product"),
    path("settings/products/<slug:product>/archive/", products.archive, name="product_archive"),
    path("settings/products/<slug:product>/restoration/", products.restore, name="product_restoration"),
    path("settings/products/<slug:product>/merge/", products.merge, name="product_merge"),
    path("settings/products/<slug:product>/ids/", products.ids, name="product_ids"),
    path("settings/products/<slug:product>/ids/<int:pk>/removal/", products.drop_id, name="product_id"),
    path(f"{_C}why/<slug:figure>/", records.why, name="account_figure"),
    path(f"{_C}lines/<int:pk>/", records.line, name="account_line"),
    path(f"{_C}invoices/<int:pk>/", records.invoice, name="account_invoice"),
    path(f"{_C}contracts/<int:pk>/", records.contract, name="account_contract"),
    path(f"{_C}churn/new/", churn.new, name="account_churn_new"),
    path(f"{_C}churn/<slug:record>/correction/", churn.correct, name="account_churn_correction"),
    path(f"{_C}churn/<slug:record>/retraction/", churn.retract, name="account_churn_retraction"),
    path(f"{_C}churn/<int:pk>/", records.churn_record, name="account_churn"),
]
