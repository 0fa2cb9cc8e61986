"""The tabs over the pages of imports. Other rooms' pages about incoming records stand beside them."""

from django.urls import NoReverseMatch, reverse

from firstwin.connectors.models import ImportDraft, MatchCase

Tab = tuple[str, str, int | None, bool]

MATCHES = "matches"
"""Route of the queue of uncertain matches, where the installation has it."""


def tabs(current: str) -> list[Tab]:
    """(label, address, count, is it where they are)."""
    found: list[Tab] = [
        ("History", reverse("imports"), None, current == "history"),
        ("Matches", reverse(MATCHES), MatchCase.objects.waiting().count() or None, current == "matches"),
        ("Source health", reverse("import_sources"), None, current == "sources"),
    ]
    return found


def steps(draft: ImportDraft, current: str) -> list[tuple[str, str, str]]:
    """(label, address or '' while it cannot be reached, state: done, current or ahead) of the wizard's steps."""
    at = {"draft": draft.key}
    all_steps = [
        ("Files", reverse("import_upload", kwargs=at), "upload", True),
        ("Check files", reverse("import_files", kwargs=at), "files", bool(draft.files)),
        ("Mapping", reverse("import_mapping", kwargs=at), "mapping", bool(draft.files)),
        ("Preview", reverse("import_preview", kwargs=at), "preview", bool(draft.files and draft.mapping_text)),
    ]
    here = [key for _, _, key, _ in all_steps].index(current)
    return [
        (label, address if is_open else "", "current" if key == current else "done" if place < here else "ahead")
        for place, (label, address, key, is_open) in enumerate(all_steps)
    ]


def has_route(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True
