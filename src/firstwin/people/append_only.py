"""Triggers that make the database itself refuse to change or delete rows of a table: audit rows and seals here, and
whatever other rooms only ever add to."""

from collections.abc import Sequence

TABLES = ("people_auditrow", "people_auditseal")
_REFUSAL = "the audit trail is append-only"


def guards(
    vendor: str, tables: Sequence[str] = TABLES, *, function: str = "people_append_only", refusal: str = _REFUSAL
) -> tuple[list[str], list[str]]:
    """Statements that make the triggers, and those that drop them. KeyError for an unknown database.

    function: name of the one that PostgreSQL's triggers call.  refusal: what it says.
    """
    if vendor == "sqlite":
        return _sqlite(tables, refusal)
    return {"postgresql": _postgresql}[vendor](tables, function, refusal)


def _sqlite(tables: Sequence[str], refusal: str) -> tuple[list[str], list[str]]:
    make, drop = [], []
    for table in tables:
        for event in ("UPDATE", "DELETE"):
            name = f"{table}_no_{event.lower()}"
            make.append(
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
            drop.append(f"DROP TRIGGER IF EXISTS {name}")
    return make, drop


def _postgresql(tables: Sequence[str], function: str, refusal: str) -> tuple[list[str], list[str]]:
    make = [
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END $$"
    ]
    drop = []
    for table in tables:
        name = f"{table}_append_only"
        make.append(
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        drop.append(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    return make, [*drop, f"DROP FUNCTION IF EXISTS {function}()"]
