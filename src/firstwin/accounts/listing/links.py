"""Where the rows of a list lead. The routes are looked up once for a page, not once for a row."""

from django.urls import reverse

_KEY, _FIELD = "a-key-to-replace", "a-field-to-replace"


class Links:
    def __init__(self) -> None:
        self._page = reverse("account", kwargs={"key": _KEY})
        self._preview = reverse("account_preview", kwargs={"key": _KEY})
        self._value = reverse("account_cell", kwargs={"key": _KEY, "field": _FIELD})

    def page(self, key: str) -> str:
        return self._page.replace(_KEY, key)

    def preview(self, key: str) -> str:
        return self._preview.replace(_KEY, key)

    def value(self, key: str, field: str) -> str:
        return self._value.replace(_KEY, key).replace(_FIELD, field)
