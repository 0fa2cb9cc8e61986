"""Read a mapping file, and say on which line it is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from firstwin.connectors.mapping.document import Document, read_document
from firstwin.core.errors import Refused

if TYPE_CHECKING:  # its library takes long to load
    from firstwin.connectors.mapping.schema import Mapping


@dataclass(frozen=True)
class ReadMapping:
    """A mapping with the lines of what it says."""

    mapping: "Mapping"
    document: Document

    def refuse(self, place: Sequence[str | int], message: str) -> Refused:
        """A refusal that names the line of `place`."""
        return Refused(f"line {self.document.line_of(place)}: {message}")


def read_mapping(text: str, *, source: str | None = None) -> ReadMapping:
    """`source` replaces the mapping's own. Raises Refused naming every mistake with its line, at most ten of them."""
    from pydantic import ValidationError

    from firstwin.connectors.mapping.schema import Mapping

    document = read_document(text)
    if not isinstance(document.value, dict):
        raise Refused("A mapping has at least `source:` and `files:`.")
    try:
        mapping = Mapping.model_validate(document.value | ({"source": source} if source is not None else {}))
    except ValidationError as problem:
        found = {_said(document, error): None for error in problem.errors()}
        raise Refused("\n".join([*found][:10])) from None
    read = ReadMapping(mapping, document)
    _check_zones(read)
    return read


def zone_called(name: str) -> ZoneInfo:
    """Raises Refused when there is no such time zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(f"there is no time zone called {name!r}; write one such as Europe/Berlin.") from None


def _check_zones(read: ReadMapping) -> None:
    if read.mapping.zone is not None:
        try:
            zone_called(read.mapping.zone)
        except Refused as problem:
            raise read.refuse(["zone"], problem.message) from None


def _said(document: Document, error: Any) -> str:
    # Steps of a union or of a model behind an alias are not in the file: the nearest thing around them is.
    place = [step for step in error["loc"] if isinstance(step, int | str)]
    line = document.line_of(place)
    where = ".".join(str(step) for step in place)
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = "there is no such setting"
    elif error["type"] == "missing":
        message = "is missing"
    return f"line {line}: {where}: {message[:1].lower()}{message[1:]}."
