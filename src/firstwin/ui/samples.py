"""Made-up values for the gallery."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Samples:
    names: tuple[str, ...] = ("Ada Okafor", "Mina Ruiz", "Tom Sato", "Ravi Menon", "Li Wei")


def make() -> Samples:
    return Samples()
