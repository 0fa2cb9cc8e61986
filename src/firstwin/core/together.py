"""Many small migration operations as one, so that Django renders its models once and not after each of them."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Nullable columns and indexes of one model, added in one go.

    Only for `AddField` of a nullable field without default, and `AddIndex`: neither makes SQLite copy the table, which
    it would do with the columns of the end state and not of the moment.
    """

    reversible = True

    def __init__(self, model_name: str, operations: Sequence[Operation]) -> None:
        self.model_name, self.operations = model_name, list(operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        rendered = state.__dict__.pop("apps", None)  # without it nothing is rendered again on the way
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            state.reload_model(app_label, self.model_name.lower(), delay=True)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Add columns and indexes to {self.model_name}"
