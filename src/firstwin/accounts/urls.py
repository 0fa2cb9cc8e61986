"""Routes of the accounts room: the list, then the pages of one account and of its people."""

from firstwin.accounts.urls_list import LIST
from firstwin.accounts.urls_page import PAGE

urlpatterns = [*LIST, *PAGE]
