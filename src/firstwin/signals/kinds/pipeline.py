"""A pipeline: the stages an account moves along, each with what it takes to leave it and how long that may take."""

from dataclasses import dataclass

from firstwin.core.conditions import Condition


@dataclass(frozen=True)
class Limits:
    """expected_days: past them an account is behind.  max_days: past them it is stuck. segment: whose limits; "": all
    others."""

    expected_days: int | None
    max_days: int | None
    segment: str = ""


@dataclass(frozen=True)
class Stage:
    """done: once it holds, the account goes on to the next stage (several at once where their `done` holds too).

    back: once it holds, the account falls back to this stage from a later one (None: never).
    limits: by segment, the first that fits.
    """

    key: str
    label: str
    done: Condition | None
    limits: tuple[Limits, ...]
    back: Condition | None = None
    help: str = ""


@dataclass(frozen=True)
class Pipeline:
    """starts: when it holds for the first time the account enters the first stage.  ends: it leaves the pipeline
    (churned); when `starts` holds again later it begins anew.  overlay: stands over the stage below while it holds.
    renewed_to: the stage it goes to when the overlay ends while the account is still a customer (None: stays)."""

    key: str
    label: str
    stages: tuple[Stage, ...]
    starts: Condition
    ends: Condition
    overlay: Stage | None = None
    overlay_where: Condition | None = None
    renewed_to: str | None = None
    help: str = ""
