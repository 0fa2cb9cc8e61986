"""Where the files of the lake stand: below the folder `lake` of the home."""

from pathlib import Path

from django.conf import settings

FOLDER = "lake"
MAKING = ".making"  # files that are being written; a name with a dot is left out of backups
SPILL = ".spill"  # what queries put aside when memory runs short


def folder() -> Path:
    return Path(settings.ENV.home) / FOLDER


def path_of(name: str) -> Path:
    """The path of a piece by the name in its catalogue row."""
    return folder() / name


def spill() -> Path:
    return folder() / SPILL
