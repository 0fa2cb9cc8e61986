"""What still stands in the way of a mapping, in words."""

from collections.abc import Sequence

from firstwin.connectors.mapping.read import ReadMapping, read_mapping
from firstwin.connectors.wizard.document import SPECIAL, Entry, column_of, is_open
from firstwin.connectors.wizard.guess import Seen
from firstwin.core.errors import Refused


def open_questions(one: Seen, entry: Entry) -> list[str]:
    """Columns whose days could be read in two ways."""
    used = [entry[key] for key in SPECIAL if key in entry] + list(dict(entry.get("fields") or {}).values())
    found = []
    for said in used:
        guess = one.column(column_of(said))
        if is_open(guess, said) and guess is not None:
            found.append(
                f"{one.file['file']}: say how the days in {guess.name!r} are written; {guess.evidence} fits two ways."
            )
    return found


def mapping_problems(text: str, files: Sequence[Seen]) -> tuple[ReadMapping | None, list[str]]:
    """The mapping, and everything wrong with it or with how it fits the files."""
    try:
        read = read_mapping(text)
    except Refused as problem:
        return None, problem.message.splitlines()
    found = []
    sent = {one.name for one in files}
    for index, mapped in enumerate(read.mapping.files):
        if mapped.name not in sent:
            found.append(read.refuse(("files", index), f"no file called {mapped.name!r} was sent.").message)
    return read, found
