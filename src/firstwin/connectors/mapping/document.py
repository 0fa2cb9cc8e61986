"""A mapping file as plain values, with the line on which each stands.

Every scalar is text: YAML's own ideas of what `no`, `010` or `2024-01-01` mean would change what people wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from firstwin.core.errors import Refused

Place = tuple[str | int, ...]
LARGEST = 1 << 20
_DEEPEST = 30


@dataclass(frozen=True)
class Document:
    """value: dicts, lists, text and None.  lines: place → line, from 1."""

    value: Any
    lines: dict[Place, int]

    def line_of(self, place: Sequence[str | int]) -> int:
        """The line of `place`, or of the nearest thing around it that stands in the file."""
        steps = tuple(place)
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps, 1)


def read_document(text: str) -> Document:
    """Raises Refused with the line of the first thing that is not plain YAML."""
    if len(text) > LARGEST:
        raise Refused("The mapping is longer than 1 MB.")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise Refused("The mapping uses YAML aliases (*name); write the values out.")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise Refused(f"line {line}: {problem.problem or 'this is not YAML'}.") from None
    except yaml.YAMLError as problem:
        raise Refused(f"This is not YAML: {str(problem).splitlines()[0]}.") from None
    lines: dict[Place, int] = {}
    return Document(_plain(node, (), lines) if node is not None else None, lines)


def _plain(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if len(place) > _DEEPEST:
        raise Refused(f"line {line}: nested too deep.")
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Refused(f"line {key.start_mark.line + 1}: a name is a plain word.")
            if key.value in found:
                raise Refused(f"line {key.start_mark.line + 1}: {key.value!r} stands twice.")
            lines[(*place, key.value)] = key.start_mark.line + 1
            found[key.value] = _plain(value, (*place, key.value), lines)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, index), lines) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
        return None
    return node.value
