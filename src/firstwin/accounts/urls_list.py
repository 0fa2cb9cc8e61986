"""Routes of the account list and of what stands around it. None lies under /accounts/KEY/: that is an account."""

from django.urls import path

from firstwin.accounts.views import bulk, cells, exports, filters, lists, merge, new, preview, saved_views

LIST = [
    path("", lists.home, name="home"),
    path("accounts/", lists.account_list, name="accounts"),
    path("list/account/", new.new, name="account_new"),
    path("list/filter/", filters.filter_chip, name="list_filter"),
    path("list/fields/", filters.fields, name="list_fields"),
    path("list/totals/", lists.totals, name="list_totals"),
    path("list/columns/", filters.columns, name="list_columns"),
    path("list/accounts.<slug:form>", exports.export, name="account_export"),
    path("list/views/", saved_views.views, name="views"),
    path("list/views/<slug:key>/", saved_views.view, name="view"),
    path("list/views/<slug:key>/removal/", saved_views.removal, name="view_removal"),
    path("list/bulk/<slug:deed>/", bulk.bulk, name="account_bulk"),
    path("list/merge/", merge.merge_ticked, name="account_merge_ticked"),
    path("list/edits/<int:pk>/", bulk.progress, name="bulk_edit"),
    path("list/preview/<slug:key>/", preview.preview, name="account_preview"),
    path("list/preview/<slug:key>/touch/", preview.touch, name="account_quick_touch"),
    path("list/value/<slug:key>/<slug:field>/", cells.cell, name="account_cell"),
]
