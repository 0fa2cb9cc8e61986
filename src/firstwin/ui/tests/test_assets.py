"""The promises of the style sheets and modules: small, whole, without inline code, and readable in both themes."""

import gzip
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

import firstwin
from firstwin.ui import icons
from firstwin.ui.assets import CSS, STYLESHEETS

SOURCE = Path(firstwin.__file__).parent
STATIC = SOURCE / "ui" / "static" / "ui"
SHEETS = sorted((STATIC / "css").glob("*.css"))
MODULES = sorted((STATIC / "js").glob("*.js"))


def templates() -> Iterator[Path]:
    for folder in SOURCE.glob("*/templates"):
        yield from folder.rglob("*.html")


def test_no_template_has_inline_style_handlers_or_scripts() -> None:
    found = [
        f"{path.name}: {match.group()}"
        for path in templates()
        for match in re.finditer(r"\sstyle\s*=|\son[a-z]+\s*=|\shx-on|<style|<script(?![^>]*\ssrc=)", path.read_text())
    ]
    assert not found


def test_every_icon_a_template_names_exists() -> None:
    named = re.compile(r"""\b(?:icon|draw)\(\s*"([a-z-]+)"|\bicon="([a-z-]+)"|\bicon_button\(\s*"([a-z-]+)\"""")
    used = {name for path in templates() for groups in named.findall(path.read_text()) for name in groups if name}
    assert "plus" in used
    assert used <= set(icons.SHAPES)


def test_the_style_sheets_are_linked_and_small() -> None:
    assert {path.stem for path in SHEETS} == set(CSS)
    assert max(path.read_text().count("\n") for path in SHEETS) < 300
    # What travels: every sheet as it is served, compressed one by one.
    assert sum(len(gzip.compress(path.read_bytes())) for path in SHEETS) <= 20_000


def test_the_modules_are_small() -> None:
    assert max(path.read_text().count("\n") for path in MODULES) <= 120
    assert sum(path.stat().st_size for path in MODULES) <= 30_000


def test_every_rule_stands_in_a_layer_and_colours_only_in_the_tokens() -> None:
    for path in SHEETS:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S).strip()
        assert text.startswith("@layer"), path.name
        if path.stem != "tokens":
            assert not re.search(r"#[0-9a-f]{6}\b|oklch\(.*?\d%", text.replace("#shortcuts", "")), path.name


def test_collected_files_have_hashed_names_and_every_import_resolves(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "firstwin.ui.storage.ManifestStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    from django.contrib.staticfiles.storage import staticfiles_storage

    for name in (*STYLESHEETS, "ui/mark.svg", "ui/js/main.js"):
        assert (tmp_path / staticfiles_storage.url(name).removeprefix("/static/")).is_file()
    hashed = [path for path in (tmp_path / "ui" / "js").glob("*.js") if path.name.count(".") == 2]
    assert len(hashed) >= len(MODULES)
    for path in hashed:
        for target in re.findall(r'(?:from|import)\s*"([^"]+)"', path.read_text()):
            assert target.count(".") >= 3, f"{path.name} imports an unhashed {target}"
            assert (path.parent / target).is_file(), f"{path.name} imports a missing {target}"


def test_a_file_that_was_not_collected_is_named(tmp_path: Path, settings: Settings) -> None:
    from firstwin.ui.storage import ManifestStorage, MissingStaticFileError

    settings.STATIC_ROOT = tmp_path
    with pytest.raises(MissingStaticFileError, match=r"ui/css/nothing\.css"):
        ManifestStorage().url("ui/css/nothing.css")


# Colours. OKLCH → linear sRGB as in the CSS Color 4 sample code, then the WCAG ratio.
Rgb = tuple[float, float, float]


def to_rgb(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l, m, s = (  # noqa: E741
        (lightness + x * a + y * b) ** 3
        for x, y in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    )
    return (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    )


def contrast(one: Rgb, other: Rgb) -> float:
    def luminance(rgb: Rgb) -> float:
        red, green, blue = (min(1.0, max(0.0, part)) for part in rgb)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def tokens(theme: int) -> dict[str, Rgb]:
    text = (STATIC / "css" / "tokens.css").read_text()
    colour = r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)"
    found = {}
    for name, *parts in re.findall(rf"--([\w-]+): light-dark\({colour}, {colour}\)", text):
        lightness, chroma, hue = map(float, parts[theme * 3 : theme * 3 + 3])
        found[name] = to_rgb(lightness / 100, chroma, hue)
    lightness, chroma, hue = map(float, re.findall(rf"--ink-on-accent: {colour}", text)[0])
    return {**found, "ink-on-accent": to_rgb(lightness / 100, chroma, hue), "none-ink": found["ink-2"]}


GROUNDS = ("paper", "paper-sunk", "paper-raised", "paper-hover", "paper-selected")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in GROUNDS),
    *(("ink-2", ground) for ground in ("paper-press", "none-wash")),
    *((f"{tone}-ink", ground) for tone in ("good", "watch", "risk", "accent") for ground in GROUNDS),
    *((f"{tone}-ink", f"{tone}-wash") for tone in ("good", "watch", "risk", "accent", "none")),
    ("ink-on-accent", "accent"),
    ("ink-on-accent", "accent-hover"),
]
MARKS = [
    *((tone, ground) for tone in ("good", "watch", "risk", "none") for ground in GROUNDS),
    *((mark, ground) for mark in ("edge", "focus") for ground in ("paper", "paper-raised", "paper-sunk")),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_marks_have_enough_contrast(theme: int) -> None:
    found = tokens(theme)
    thin = [f"{a} on {b}: {contrast(found[a], found[b]):.2f}" for a, b in TEXT if contrast(found[a], found[b]) < 4.5]
    thin += [f"{a} on {b}: {contrast(found[a], found[b]):.2f}" for a, b in MARKS if contrast(found[a], found[b]) < 3]
    assert not thin


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("hue", re.findall(r"--h: (\d+)", (STATIC / "css" / "tokens.css").read_text()))
def test_every_avatar_and_tag_hue_is_readable(theme: int, hue: str) -> None:
    text = (STATIC / "css" / "tokens.css").read_text()
    one = r"oklch\(([\d.]+)% ([\d.]+) var\(--h\)\)"
    pairs = {n: p for n, *p in re.findall(rf"--hue-(\w+): light-dark\({one}, {one}\)", text)}
    wash, ink = (
        to_rgb(float(pairs[n][theme * 2]) / 100, float(pairs[n][theme * 2 + 1]), float(hue)) for n in ("wash", "ink")
    )
    assert contrast(wash, ink) >= 4.5


def test_the_contrast_formula_agrees_with_known_values() -> None:
    assert contrast(to_rgb(1, 0, 0), to_rgb(0, 0, 0)) == pytest.approx(21, abs=0.01)
    red = to_rgb(0.627955, 0.257683, 29.2339)  # #f00
    assert red == pytest.approx((1, 0, 0), abs=0.001)
    assert contrast(red, to_rgb(1, 0, 0)) == pytest.approx(4.0, abs=0.01)
