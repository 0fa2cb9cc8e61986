from firstwin.connectors.models.change import RowChange
from firstwin.connectors.models.draft import ImportDraft
from firstwin.connectors.models.match import MatchCase, MatchState
from firstwin.connectors.models.run import ImportRun, State
from firstwin.connectors.models.said import LastSaid

__all__ = ["ImportDraft", "ImportRun", "LastSaid", "MatchCase", "MatchState", "RowChange", "State"]
