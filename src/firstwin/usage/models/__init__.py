"""Where usage comes from, and what the names in it mean."""

from firstwin.usage.models.meaning import FeatureMeaning, Means
from firstwin.usage.models.source import Source, SourceKind, WriteKey
from firstwin.usage.models.upkeep import LakeSetting

__all__ = ["FeatureMeaning", "LakeSetting", "Means", "Source", "SourceKind", "WriteKey"]
