"""What Fernhill's products send: the names of their events, what they mean, and who sends how much of what."""

from dataclasses import dataclass

SOURCE_KEY, SOURCE_NAME = "fernhill-app", "Fernhill app"

PLANNER, TECHNICIAN, MANAGER = range(3)
"""How somebody works with the product: they plan the work, do it, or look at what became of it."""

PLAN, MOBILE, INSIGHT = "fernhill-plan", "fernhill-mobile", "fernhill-insight"


@dataclass(frozen=True, slots=True)
class Feature:
    """One event name.

    shares: how often planners, technicians and managers send it, beside the other names.
    from_day: how many days after the start a customer gets to it, at the earliest; chance: that it ever does.
    """

    name: str
    product: str
    shares: tuple[float, float, float]
    kind: str = "track"
    is_core: bool = False
    means: str = ""
    is_ignored: bool = False
    parent: str = ""
    from_day: int = 0
    chance: float = 1.0
    label: str = ""


FEATURES = (
    Feature("Work order created", PLAN, (30, 12, 4), is_core=True),
    Feature("Work order closed", PLAN, (14, 26, 2), is_core=True),
    Feature("Work order commented", PLAN, (9, 12, 8), parent="Work order created", from_day=6),
    Feature("Work order reassigned", PLAN, (7, 1, 3), parent="Work order created", from_day=10),
    Feature("Schedule published", PLAN, (9, 0, 2), is_core=True, means="activation"),
    Feature("Asset added", PLAN, (6, 3, 1), from_day=2),
    Feature("Checklist edited", PLAN, (5, 2, 1), from_day=14, chance=0.8),
    Feature("Part reserved", PLAN, (6, 7, 0), from_day=45, chance=0.62),
    Feature("Backlog cleared", PLAN, (0, 0, 0), means="first_win", label="Backlog cleared for the first time"),
    Feature("Planning board", PLAN, (14, 2, 12), kind="page"),
    Feature("Help centre", PLAN, (2, 2, 2), kind="page", is_ignored=True),
    Feature("Signed in", PLAN, (12, 12, 14), is_ignored=True),
    Feature("Job started", MOBILE, (2, 34, 0), is_core=True, from_day=8),
    Feature("Job finished", MOBILE, (2, 30, 0), is_core=True, from_day=8),
    Feature("Photo attached", MOBILE, (0, 12, 0), parent="Job finished", from_day=20, chance=0.85),
    Feature("Meter read", MOBILE, (0, 9, 0), from_day=60, chance=0.5),
    Feature("Today", MOBILE, (1, 14, 0), kind="screen", from_day=8),
    Feature("Offline sync", MOBILE, (0, 10, 0), is_ignored=True, from_day=8),
    Feature("Dashboard viewed", INSIGHT, (3, 0, 34), from_day=12),
    Feature("Report scheduled", INSIGHT, (1, 0, 8), is_core=True, from_day=40, chance=0.72),
    Feature("Cost compared", INSIGHT, (1, 0, 12), is_core=True, from_day=75, chance=0.55),
    Feature("Downtime analysed", INSIGHT, (1, 0, 9), from_day=55, chance=0.6),
)

PLACE_OF = {feature.name: place for place, feature in enumerate(FEATURES)}
ACTIVATION, FIRST_WIN = PLACE_OF["Schedule published"], PLACE_OF["Backlog cleared"]

INSTEAD = (PLACE_OF["Work order created"], PLACE_OF["Work order closed"], PLACE_OF["Planning board"])
"""What planners, technicians and managers do where a feature is not theirs (yet)."""

TEAMS = ("Maintenance", "Production", "Facilities", "Stores", "Night shift", "Engineering", "Quality", "Utilities")
SITES = ("Main site", "North works", "Depot", "East hall", "Harbour")
