"""Triggers that make the database itself refuse to change or delete audit rows and seals."""

TABLES = ("people_auditrow", "people_auditseal")
_REFUSAL = "the audit trail is append-only"


def guards(vendor: str) -> tuple[list[str], list[str]]:
    """Statements that make the triggers, and those that drop them. KeyError for an unknown database."""
    return {"sqlite": _sqlite, "postgresql": _postgresql}[vendor]()


def _sqlite() -> tuple[list[str], list[str]]:
    make, drop = [], []
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            name = f"{table}_no_{event.lower()}"
            make.append(
                f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
            drop.append(f"DROP TRIGGER IF EXISTS {name}")
    return make, drop


def _postgresql() -> tuple[list[str], list[str]]:
    make = [
        "CREATE OR REPLACE FUNCTION people_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    ]
    drop = []
    for table in TABLES:
        name = f"{table}_append_only"
        make.append(
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION people_append_only()"
        )
        drop.append(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    return make, [*drop, "DROP FUNCTION IF EXISTS people_append_only()"]
