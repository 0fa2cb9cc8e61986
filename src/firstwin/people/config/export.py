"""All definitions as text: one file each, or one stream."""

from collections.abc import Iterator
from pathlib import Path

from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.people.config.documents import LARGEST, Document, Problem, read_documents, written
from firstwin.people.config.kinds import kinds
from firstwin.people.config.labels import standing_bodies

_ENDINGS = (".yaml", ".yml")


def exported() -> Iterator[tuple[str, str, str]]:
    """(kind, key, text) of everything that stands, what is referred to first."""
    for kind in kinds():
        bodies = standing_bodies(kind.key)
        for key in sorted(bodies):
            yield kind.key, key, written(kind.key, key, bodies[key])


def export_to(folder: Path) -> tuple[int, list[Path]]:
    """Write `<kind>/<key>.yaml`. (how many, files in there that nothing stands for any more)."""
    made = set()
    for kind, key, text in exported():
        path = folder / kind / f"{key}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, text)
        made.add(path)
    old = [path for kind in kinds() for path in sorted((folder / kind.key).glob("*.yaml")) if path not in made]
    return len(made), old


def stream() -> Iterator[str]:
    """The same as one text of many documents."""
    for _, _, text in exported():
        yield f"---\n{text}"


def read_paths(paths: list[Path]) -> tuple[list[Document], list[Problem]]:
    """The definitions of files and folders. Raises Refused for a path that is not there."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for path, name in _files(paths):
        try:
            size = path.stat().st_size
            raw = path.read_bytes() if size <= LARGEST else b""
        except OSError as problem:
            raise Refused(f"{name}: {problem.strerror or 'it cannot be read'}.") from problem
        if size > LARGEST:
            text = f"It is longer than 1 MB ({size / LARGEST:.1f}); definitions are short texts."
            problems.append(Problem(name, 0, "", text))
            continue
        found, wrong = read_documents(raw, name)
        documents += found
        problems += wrong
    return documents, problems


def _files(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """Each with the name it is told by, so that two folders never look alike."""
    for path in paths:
        if path.is_dir():
            some = sorted(one for one in path.rglob("*") if one.suffix in _ENDINGS and one.is_file())
            if not some:
                raise Refused(f"{path}: there is no .yaml file in this folder.")
            yield from ((one, str(one)) for one in some)
        elif path.exists():
            yield path, str(path)
        else:
            raise Refused(f"{path}: there is no such file or folder.")


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8")
    failpoint("config_before_rename")
    beside.replace(path)
    failpoint("config_after_rename")
