"""Definitions as people write them: YAML documents with `kind` and `key` first, and on which line everything stands.

Only plain YAML is read: no anchors, no tags, nothing twice, nothing deep, nothing large.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from firstwin.core.errors import Refused
from firstwin.core.text import did_you_mean
from firstwin.people.config.kinds import kinds
from firstwin.people.config.store import text_of

LARGEST = 1 << 20
_DEEPEST = 30
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_TAG = "tag:yaml.org,2002:"
_SCALARS = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp"))
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_construct = yaml.constructor.SafeConstructor()

_WORDS = {
    "could not determine a constructor": "this is no plain value",
    "mapping values are not allowed": "a colon follows where no name stands: put the text in quotes",
    "found character '\\t'": "a tab stands here: indent with spaces",
    "found character that cannot start": "a tab or another sign stands here that cannot begin a value",
    "did not find expected": "the indentation does not fit, or a bracket is not closed",
    "expected <block end>": "the indentation does not fit, or a bracket is not closed",
}


@dataclass(frozen=True, order=True)
class Problem:
    """What keeps a text from being taken. file: empty for what stands already.  line: from 1; 0 where there is none."""

    file: str
    line: int
    path: str
    message: str

    @property
    def where(self) -> str:
        """`segment/large.yaml:4 where`."""
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file or str(self.line or "")
        return " ".join(part for part in (place, self.path) if part)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


@dataclass(frozen=True)
class Document:
    """One definition as it was written. lines: path in the body → line."""

    kind: str
    key: str
    body: Mapping[str, Any]
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, path: str) -> int:
        """The line of what stands at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)

    def problem(self, path: str, message: str) -> Problem:
        return Problem(self.file, self.line_of(path), path, message)


class _Fault(Exception):
    def __init__(self, line: int, path: str, message: str) -> None:
        super().__init__(message)
        self.line, self.path, self.message = line, path, message


def written(kind: str, key: str, body: Mapping[str, Any]) -> str:
    """A definition as one document."""
    return text_of({"kind": kind, "key": key, **body})


def read_documents(raw: bytes | str, file: str = "") -> tuple[list[Document], list[Problem]]:
    """The definitions of one file, and what is wrong with it. A file that is no plain YAML has one problem."""
    try:
        found = [_document(value, lines, file) for value, lines in _plain_documents(raw)]
    except _Fault as fault:
        return [], [Problem(file, fault.line, fault.path, fault.message)]
    return [one for one in found if isinstance(one, Document)], [one for one in found if isinstance(one, Problem)]


def read_body(raw: str, kind: str, key: str) -> tuple[Document | None, list[Problem]]:
    """The text of one definition whose kind and key are known; it may say them again."""
    try:
        several = list(_plain_documents(raw))
    except _Fault as fault:
        return None, [Problem("", fault.line, fault.path, fault.message)]
    if len(several) != 1 or not isinstance(several[0][0], dict):
        return None, [Problem("", 1, "", "Write one definition: keys with values.")]
    value, lines = several[0]
    for name, ours in (("kind", kind), ("key", key)):
        if name in value and value.pop(name) != ours:
            return None, [Problem("", lines.get(name, 1), name, KEY_STAYS if name == "key" else "The kind stays.")]
    return Document(kind, key, value, "", lines), []


KEY_STAYS = (
    "A key does not change in place, because others refer to it. Change the label instead, or add a definition under "
    "the new key, let the others refer to that one, and remove the old one."
)


def _document(value: Any, lines: dict[str, int], file: str) -> Document | Problem:
    line = lines.get("", 1)
    if not isinstance(value, dict):
        return Problem(file, line, "", "A definition begins with `kind` and `key`.")
    names = {"kind": value.pop("kind", None), "key": value.pop("key", None)}
    known = [kind.key for kind in kinds()]
    for name, said in names.items():
        if said is None:
            return Problem(file, line, name, f"`{name}` is missing: a definition begins with `kind` and `key`.")
        if not isinstance(said, str):
            return Problem(file, lines.get(name, line), name, f"`{name}` is a word.")
    if names["kind"] not in known:
        close = did_you_mean(names["kind"], known)
        message = f"There is no kind {names['kind'][:60]!r}. {close or 'Known are ' + ', '.join(known) + '.'}"
        return Problem(file, lines.get("kind", line), "kind", message)
    if not _KEY.fullmatch(names["key"]):
        message = "A key is a word of a-z, 0-9, - and _, of at most 60."
        return Problem(file, lines.get("key", line), "key", message)
    return Document(names["kind"], names["key"], value, file, lines)


def _plain_documents(raw: bytes | str) -> Iterator[tuple[Any, dict[str, int]]]:
    text = _decoded(raw)
    try:
        _require_plain(text)
        for node in yaml.compose_all(text, Loader=_Loader):
            lines: dict[str, int] = {"": node.start_mark.line + 1}
            value = _plain(node, "", lines)
            if value is not None:
                yield value, lines
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        raise _Fault(line, "", f"This is not YAML: {_said(problem.problem or '', text, line)}.") from None
    except yaml.YAMLError as problem:
        raise _Fault(0, "", f"This is not YAML: {str(problem).splitlines()[0]}.") from None
    except RecursionError:
        raise _Fault(0, "", "It is nested too deep.") from None


def _decoded(raw: bytes | str) -> str:
    if len(raw) > LARGEST:
        raise _Fault(0, "", f"It is longer than 1 MB ({len(raw) / LARGEST:.1f}); definitions are short texts.")
    try:
        return raw if isinstance(raw, str) else raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise _Fault(line, "", "It is not text in UTF-8.") from None


def _require_plain(text: str) -> None:
    """Looked at as a stream of events, so that a bomb is never built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Fault(line, "", "Anchors and aliases (&name, *name) are not read: write the values out.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise _Fault(line, "", "It is nested too deep.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: yaml.Node, path: str, lines: dict[str, int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
        found: dict[Any, Any] = {}
        for name, value in node.value:
            key = _key(name, path)
            at = f"{path}.{key}" if path else str(key)
            if key in found:
                raise _Fault(name.start_mark.line + 1, at, f"{key!r} stands twice here.")
            lines[at] = name.start_mark.line + 1
            found[key] = _plain(value, at, lines)
        return found
    if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
        return [_plain(item, f"{path}[{place}]", lines) for place, item in enumerate(node.value)]
    return _scalar(node, path)


def _key(node: yaml.Node, path: str) -> Any:
    if not isinstance(node, yaml.ScalarNode) or node.tag not in _SCALARS:
        raise _Fault(node.start_mark.line + 1, path, "A name is a plain word.")
    return _scalar(node, path)


def _scalar(node: yaml.Node, path: str) -> Any:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.ScalarNode) or node.tag not in _SCALARS:
        raise _Fault(line, path, f"`{node.tag.replace(_TAG, '!!')}` is not read: write a plain value.")
    try:
        value = _construct.construct_object(node)
    except (ValueError, OverflowError, yaml.YAMLError):
        raise _Fault(line, path, f"{str(node.value)[:40]!r} looks like a number or a date but is none.") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise _Fault(line, path, "A number is finite.")
    return value


def _said(problem: str, text: str, line: int) -> str:
    lines = text.splitlines()
    if 0 < line <= len(lines) and re.match(r"\s*\t", lines[line - 1]):
        return "a tab indents this line: use spaces"
    return next((words for begin, words in _WORDS.items() if begin in problem), problem or "it cannot be read")


def refused(problems: list[Problem]) -> Refused:
    """To be raised: all of them."""
    return Refused("\n".join(map(str, problems)), field=problems[0].path or None)
