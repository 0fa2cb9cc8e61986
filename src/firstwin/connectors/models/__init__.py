from firstwin.connectors.models.run import ImportRun
from firstwin.connectors.models.said import LastSaid

__all__ = ["ImportRun", "LastSaid"]
