from firstwin.connectors.models.draft import ImportDraft
from firstwin.connectors.models.run import ImportRun
from firstwin.connectors.models.said import LastSaid

__all__ = ["ImportDraft", "ImportRun", "LastSaid"]
