"""What a mapping may say. Read by `mapping.read.read_mapping`, which adds the line to what pydantic finds wrong."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from firstwin.accounts.models import AttributeKind, RollUp
from firstwin.connectors.mapping.document import Place

Words = Annotated[list[str], BeforeValidator(lambda said: [said] if isinstance(said, str) else said)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LookUp(_Strict):
    """values: what stands in the file → what it means (nothing: no value).  otherwise: what to do with the rest."""

    values: dict[str, str | None] = Field(min_length=1)
    otherwise: Literal["reject", "keep", "blank"] = "reject"
    default: str | None = None
    ignore_case: bool = True


class Numbers(_Strict):
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""


class Moments(_Strict):
    """format: strptime, `iso`, `epoch_s` or `epoch_ms`.  zone: of stamps that do not say theirs."""

    format: Words = ["iso"]
    zone: str | None = None
    when_twice: Literal["earlier", "later", "reject"] = "earlier"


class Booleans(_Strict):
    true: Words
    false: Words


class Split(_Strict):
    """on: the separator.  part: only this part, from 1 (or from the end, -1)."""

    on: str = Field(default=",", min_length=1)
    part: int | None = None


class Replace(_Strict):
    """Plain text for plain text, everywhere in the value."""

    text: str = Field(min_length=1)
    by: str = Field(default="", alias="with")


class Step(_Strict):
    """One transform; exactly one of these."""

    date: Words | None = None
    moment: Moments | None = None
    number: Numbers | None = None
    boolean: Booleans | None = None
    multiply: Decimal | None = Field(default=None, allow_inf_nan=False)
    round: int | None = Field(default=None, ge=0, le=12)
    add_days: int | None = Field(default=None, ge=-36_600, le=36_600)
    look_up: LookUp | None = None
    split: Split | None = None
    replace: Replace | None = None
    blank_if: Words | None = None
    trim: bool | None = None
    lower: bool | None = None
    upper: bool | None = None
    title: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, said: Any) -> Any:
        if isinstance(said, str):
            return {said: {} if said in {"moment", "number", "split"} else "iso" if said == "date" else True}
        if isinstance(said, dict):
            said = dict(said)
            if isinstance(said.get("moment"), str | list):
                said["moment"] = {"format": said["moment"]}
            if isinstance(said.get("split"), str):
                said["split"] = {"on": said["split"]}
            table = said.get("look_up")
            if isinstance(table, dict) and not isinstance(table.get("values"), dict):
                said["look_up"] = {"values": table}
        return said

    @model_validator(mode="after")
    def _one(self) -> "Step":
        if len(self.model_fields_set) != 1:
            raise ValueError("a step does exactly one thing; write several as a list")
        return self

    @property
    def name(self) -> str:
        return next(iter(self.model_fields_set))

    @property
    def setting(self) -> Any:
        return getattr(self, self.name)


Steps = Annotated[list[Step], BeforeValidator(lambda said: said if isinstance(said, list) or said is None else [said])]


class Column(_Strict):
    """Where a value comes from and how it is read.

    by, of: for references (an account, a parent, a person, a product): what the value names, and in which source.
    unknown: what to do when nothing is found by that name; `create` is for products, and is what happens to them when
        they are found by name and the mapping does not say.
    per: for amounts: what it is the price of, such as `month`, `year`, `13 months`, `term` or `once`.
    rounds: for amounts: whether more decimals than the currency has are rounded instead of rejected.
    minor: for amounts: whether they are in cents (or whatever the currency's smallest unit is).
    """

    column: str | None = None
    columns: list[str] | None = None
    join: str = " "
    constant: str | None = None
    do: Steps = []
    default: str | None = None
    required: bool = False
    by: Literal["external_id", "key", "name", "domain", "email"] | None = None
    of: str | None = None
    unknown: Literal["reject", "leave", "create"] | None = None
    per: str | None = None
    rounds: bool = False
    minor: bool = False

    @model_validator(mode="before")
    @classmethod
    def _just_a_column(cls, said: Any) -> Any:
        return {"column": said} if isinstance(said, str) else said

    @model_validator(mode="after")
    def _one_origin(self) -> "Column":
        if sum(origin is not None for origin in (self.column, self.columns, self.constant)) != 1:
            raise ValueError("say one of column, columns or constant")
        return self

    @property
    def names(self) -> list[str]:
        """The columns it reads."""
        return [self.column] if self.column is not None else list(self.columns or [])


class RowRule(_Strict):
    """Rows of which `column` holds one of `is` (or, with `is_not`, none of them), compared without case."""

    column: str
    is_: Words | None = Field(default=None, alias="is")
    is_not: Words | None = None
    because: str = ""

    @model_validator(mode="after")
    def _either(self) -> "RowRule":
        if (self.is_ is None) == (self.is_not is None):
            raise ValueError("say one of is or is_not")
        return self


Rules = Annotated[list[RowRule], BeforeValidator(lambda said: said if isinstance(said, list) else [said])]
RecordKind = Literal[
    "accounts", "people", "memberships", "touches",
    "products", "contracts", "lines", "invoices", "payment_methods", "churn", "tickets", "rates",
    "events", "daily_usage",
]  # fmt: skip


Matches = Annotated[
    list[Literal["domain", "email", "name"]],
    BeforeValidator(lambda said: [said] if isinstance(said, str) else said),
]


class FileMapping(_Strict):
    """One file: what its rows are, what names them, and which column means what.

    match: how rows with an id that is new here are matched to records we have: accounts by `domain` and `name`, people
        by `email` and `name`. What is uncertain waits for a person. Without it a new id is a new record.
    format, encoding, delimiter, sheet: found out where the mapping does not say.
    ends: whether the last day in the file still belongs to a line or contract. Kept are half-open days: an inclusive
        end is moved to the day after.
    changes: of lines whose quantity, price or product is another than before: `amend` (it holds from a day on, and the
        time before stays as it was) or `correct` (it always was so).
    duplicates: a key that stands twice in a file with different content: `reject` the later row, take what stands
        `first` or `last`, or keep `both`, the later one as a record of its own. The report names both lines always.
    """

    name: Key
    kind: RecordKind
    path: str | None = None
    format: Literal["auto", "csv", "tsv", "xlsx", "parquet", "jsonl"] = "auto"
    sheet: str | None = None
    ends: Literal["exclusive", "inclusive"] = "exclusive"
    changes: Literal["amend", "correct"] = "amend"
    duplicates: Literal["reject", "first", "last", "both"] = "reject"
    encoding: str = "auto"
    delimiter: Annotated[str, BeforeValidator(lambda said: {"tab": "\t", "\\t": "\t"}.get(said, said))] = Field(
        default="auto", pattern=r"^(auto|.|\t)$"
    )
    match: Matches = []
    key: Column | None = None
    known_at: Column | None = None
    skip_when: Rules = []
    remove_when: Rules = []
    fields: dict[str, Column] = Field(min_length=1)

    @property
    def columns(self) -> dict[str, Place]:
        """Every column it reads → where in the mapping it is first named."""
        found: dict[str, Place] = {}
        parts: list[tuple[Place, Column | None]] = [(("key",), self.key), (("known_at",), self.known_at)]
        parts += [(("fields", name), column) for name, column in self.fields.items()]
        for place, part in parts:
            for name in part.names if part else []:
                found.setdefault(name, place)
        for rule_list, rules in (("skip_when", self.skip_when), ("remove_when", self.remove_when)):
            for index, rule in enumerate(rules):
                found.setdefault(rule.column, (rule_list, index))
        return found


class AttributeMapping(_Strict):
    """An attribute the mapping needs; defined when the installation does not have it."""

    key: Key
    label: str = Field(min_length=1, max_length=80)
    kind: AttributeKind
    unit: str = Field(default="", max_length=16)
    choices: list[str | dict[str, str]] = []
    help: str = Field(default="", max_length=300)
    roll_up: RollUp = RollUp.NONE
    is_expected: bool = False

    @property
    def options(self) -> list[tuple[str, str]]:
        """(value, label) pairs; a bare word is both."""
        pairs: list[tuple[str, str]] = []
        for choice in self.choices:
            pairs += [(choice, choice)] if isinstance(choice, str) else list(choice.items())
        return pairs


class Mapping(_Strict):
    """source: the name under which the installation knows where these facts come from."""

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    zone: str | None = None
    attributes: list[AttributeMapping] = []
    files: list[FileMapping] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_once(self) -> "Mapping":
        if self.source == "staff":
            raise ValueError("'staff' is what people type here; name the system the files come from")
        names = [file.name for file in self.files]
        if len(set(names)) != len(names):
            raise ValueError("two files have the same name")
        return self
