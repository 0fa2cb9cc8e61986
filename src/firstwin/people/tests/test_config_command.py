"""Definitions as text: written out, planned, let stand and taken back, all of a text or nothing of it."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstwin.people.config.documents import LARGEST, Document, read_documents, written
from firstwin.people.config.export import stream
from firstwin.people.config.labels import standing_bodies
from firstwin.people.config.plan import UNCHANGED, planned
from firstwin.people.config.store import body_of, text_of
from firstwin.people.models import AuditRow, ConfigVersion, User

pytestmark = pytest.mark.django_db

LARGE = "kind: segment\nkey: large\nlabel: Large\nwhere:\n- {field: seats, op: ge, value: 100}\n"
LARGER = "kind: segment\nkey: larger\nlabel: Larger\nwhere:\n- {field: segments, op: has, value: large}\n"


def run(*words: str) -> tuple[int, str]:
    """(exit code, what it says)."""
    out = io.StringIO()
    try:
        call_command("config", *words, stdout=out, stderr=out)
    except CommandError as problem:
        return problem.returncode, out.getvalue() + str(problem)
    except SystemExit as problem:
        return int(problem.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def text(tmp_path: Path) -> Iterator[Any]:
    def write(said: str | bytes, name: str = "given.yaml") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(said.encode() if isinstance(said, str) else said)
        return str(path)

    yield write


def test_what_is_exported_changes_nothing_when_applied(tmp_path: Path) -> None:
    code, said = run("export", str(tmp_path / "all"))
    assert code == 0 and "written to" in said
    assert (tmp_path / "all/segment/new-customers.yaml").read_text().startswith("kind: segment\nkey: new-customers\n")
    before = ConfigVersion.objects.count()
    assert run("plan", str(tmp_path / "all"), "--prune")[0] == 0
    assert run("apply", str(tmp_path / "all"), "--prune")[0] == 0
    assert ConfigVersion.objects.count() == before


def test_the_stream_is_the_same_text(text: Any) -> None:
    path = text("".join(stream()))
    assert run("plan", path) == (0, run("plan", path)[1])
    documents, problems = read_documents(Path(path).read_bytes(), path)
    assert not problems and {one.what for one in planned(documents).entries} == {UNCHANGED}


def test_a_text_is_planned_applied_and_taken_back(text: Any, operations: User) -> None:
    path = text(LARGE + "---\n" + LARGER)
    code, said = run("plan", path)
    assert code == 2 and "+ segment large (added)" in said and "2 added" in said
    assert not ConfigVersion.objects.filter(key="large").exists()
    assert run("apply", path, "--note", "For the spring", "--as", operations.email)[0] == 0
    version = ConfigVersion.objects.get(key="large")
    assert (version.note, version.author) == ("For the spring", operations)
    assert AuditRow.objects.filter(did="definition.added").count() == 2
    changed = text(LARGE.replace("label: Large", "label: Huge"))
    code, said = run("plan", changed)
    assert code == 2 and "-label: Large\n+label: Huge\n" in said
    assert run("apply", changed)[0] == 0
    assert run("plan", changed)[0] == 0
    assert run("rollback", "segment", "large")[0] == 0
    assert standing_bodies("segment")["large"]["label"] == "Large"
    code, said = run("rollback", "segment", "large", "--to", "1")
    assert code == 1 and "stands already" in said
    assert run("rollback", "segment", "large", "--to", "9")[0] == 1
    assert run("rollback", "segmnt", "large")[1].count("Did you mean") == 1


def test_all_of_it_stands_or_nothing(text: Any) -> None:
    path = text(LARGE + "---\n" + LARGER.replace("value: large", "value: nowhere"))
    before = ConfigVersion.objects.count()
    code, said = run("apply", path)
    assert code == 1 and f"{path}:" in said and "where" in said and "nowhere" in said
    assert ConfigVersion.objects.count() == before


def test_what_is_used_is_not_removed_but_goes_with_what_uses_it(text: Any, tmp_path: Path) -> None:
    assert run("apply", text(LARGE + "---\n" + LARGER))[0] == 0
    run("export", str(tmp_path / "all"))
    (tmp_path / "all/segment/large.yaml").unlink()
    code, said = run("plan", str(tmp_path / "all"), "--prune")
    assert code == 1 and "still used by the segment Larger" in said
    (tmp_path / "all/segment/larger.yaml").unlink()
    code, said = run("plan", str(tmp_path / "all"))
    assert code == 0
    code, said = run("apply", str(tmp_path / "all"), "--prune")
    assert code == 0 and "- segment large (removed)" in said and "- segment larger (removed)" in said
    assert run("export", str(tmp_path / "again"))[0] == 0
    assert not (tmp_path / "again/segment/large.yaml").exists()


def test_a_circle_of_two_is_refused_with_its_chain(text: Any) -> None:
    code, said = run("plan", text(LARGER + "---\n" + LARGER.replace("key: larger", "key: large").replace(
        "value: large", "value: larger").replace("Larger", "Large")))  # fmt: skip
    assert code == 1 and "circle" in said and "→" in said


def test_a_label_changes_and_a_key_does_not(text: Any, tmp_path: Path) -> None:
    assert run("apply", text(LARGE + "---\n" + LARGER))[0] == 0
    run("export", str(tmp_path / "all"))
    path = tmp_path / "all/segment/large.yaml"
    path.write_text(path.read_text().replace("label: Large", "label: Whales"))
    assert run("apply", str(tmp_path / "all"))[0] == 0
    path.write_text(path.read_text().replace("key: large", "key: whales"))
    code, said = run("plan", str(tmp_path / "all"))
    assert code == 1 and f"{path}:2 key: A key does not change in place" in said


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (LARGE + "label: Twice\n", ":6 label: 'label' stands twice"),
        ("a: &x [1]\nb: *x\n", ":1: Anchors and aliases"),
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "Anchors and aliases"),
        ("kind: segment\n\tkey: x\n", ":2: This is not YAML: a tab"),
        ("kind: segment\nkey: x\nlabel: a: b\n", ":3: This is not YAML: a colon"),
        ("kind: segment\nkey: x\nwhere: [\n", "This is not YAML: the indentation"),
        ("- 1\n- 2\n", "begins with `kind` and `key`"),
        ("kind: segment\nlabel: x\n", "`key` is missing"),
        ("kind: segmnt\nkey: x\n", "Did you mean"),
        ("kind: segment\nkey: X Y\n", ":2 key: A key is a word"),
        ("kind: 7\nkey: x\n", ":1 kind: `kind` is a word"),
        ("kind: segment\nkey: x\nlabel: 7\nwhere: []\n", ":3 label: `label` is a text"),
        ("kind: segment\nkey: x\nlabel: !!python/object:os.system x\n", ":3 label: `!!python"),
        ("kind: segment\nkey: x\nlabel: 2024-13-45\n", ":3 label: '2024-13-45' looks like"),
        ("kind: segment\nkey: x\nlabel: .nan\n", ":3 label: A number is finite"),
        ("kind: segment\nkey: x\n? [a, b]\n: 1\n", ":3: A name is a plain word"),
        ("kind: segment\nkey: x\nwhere: " + "[" * 5_000 + "]" * 5_000, "nested too deep"),
        ("kind: segment\nkey: x\nlabel: \x00\n", "This is not YAML"),
        (b"kind: segment\nkey: \xff\xfe\n", ":2: It is not text in UTF-8"),
        ("", "There is no definition in it"),
        (LARGE + "---\n" + LARGE, ":7: The segment 'large' is defined twice: see"),
        (LARGE.replace("seats", "seets"), ":4 where: "),
        (LARGE + "colour: red\n", ":6 colour: There is no 'colour' here"),
    ],
)
def test_what_is_no_definition_is_refused_at_its_line(text: Any, said: str | bytes, message: str) -> None:
    code, told = run("plan", text(said))
    assert code == 1 and message in told, told
    assert "Traceback" not in told


def test_a_file_of_ten_megabytes_is_not_read(text: Any) -> None:
    code, said = run("plan", text("# x\n" * (10 * LARGEST // 4)))
    assert code == 1 and "longer than 1 MB (10.0)" in said


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert "no such file" in run("plan", str(tmp_path / "x.yaml"))[1]
    assert "no .yaml file" in run("plan", str(tmp_path))[1]


@pytest.mark.parametrize("who", ["owner", "viewer"])
def test_only_operations_and_admins_apply(request: pytest.FixtureRequest, text: Any, who: str) -> None:
    user: User = request.getfixturevalue(who)
    code, said = run("apply", text(LARGE), "--as", user.email)
    assert code == 1 and "Only operations and admins" in said
    assert run("apply", text(LARGE), "--as", "nobody@example.com")[0] == 1


_scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)
_bodies = st.dictionaries(
    _texts.filter(lambda key: key not in ("kind", "key")),
    st.recursive(_scalars | _texts | st.dates(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        _texts, inner, max_size=3), max_leaves=12), max_size=5,
)  # fmt: skip


@given(_bodies)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
def test_any_body_is_read_as_it_was_written(body: dict[str, Any]) -> None:
    documents, problems = read_documents(written("segment", "x", body).encode())
    assert not problems and [one.body for one in documents] == [body]
    assert text_of(body_of(text_of(body))) == text_of(body)
    assert yaml.safe_load(text_of(body)) == body


@given(st.binary(max_size=300) | st.text("kindey: segmt\n\t-[]{}&*!|>'\"#%@`,?.0~", max_size=120))
@settings(max_examples=150)
def test_no_text_brings_the_reader_down(raw: bytes | str) -> None:
    documents, problems = read_documents(raw, "x")
    assert all(isinstance(one, Document) for one in documents)
    assert all(str(one) for one in problems)
