"""What can be said about an account's use of the product: the usage room's part of the vocabulary."""

from firstwin.core.fields import Field, Kind, register
from firstwin.usage.frame import families, heard

ROOM = "usage"
GROUP = "Usage"
_USE = "Use: track, page and screen calls whose names are not ignored, by the installation's days. "

FIELDS = (
    Field("people_active_1", Kind.NUMBER, "Active today", ROOM, group=GROUP,
          frame="usage.people_active_1",
          help="Distinct people with any use on the day itself, which for today is as far as it went. " + _USE),
    Field("people_active_7", Kind.NUMBER, "Active in 7 days", ROOM, stored="people_active_7", group=GROUP,
          frame="usage.people_active_7",
          help="Distinct people with any use in the last 7 days, today included. " + _USE),
    Field("people_active_28", Kind.NUMBER, "Active in 28 days", ROOM, stored="people_active_28", group=GROUP,
          frame="usage.people_active_28",
          help="Distinct people with any use in the last 28 days, today included. " + _USE),
    Field("last_seen", Kind.DAYS, "Last seen", ROOM, stored="last_seen_on", group=GROUP,
          frame="usage.last_seen",
          help="Days since a person last used the product; where only daily counts are sent, since the last of those."),
    Field("usage_days_14", Kind.NUMBER, "Days of use in 14", ROOM, stored="usage_days_14", group=GROUP,
          unit="of 14",
          frame="usage.usage_days_14",
          help="Of the last 14 days, those with any use: 9 or more is daily, 5 to 8 weekly, 2 to 4 occasional."),
    Field("weekly_share", Kind.SHARE, "Weekly active use", ROOM, stored="weekly_share", group=GROUP,
          frame="usage.weekly_share",
          help="People active in 7 days ÷ seats in force today. Above 100% where more come than were bought."),
    Field("licence_share", Kind.SHARE, "Licence use", ROOM, stored="licence_share", group=GROUP,
          frame="usage.licence_share",
          help="People active in 28 days ÷ seats in force today. Above 100% where more come than were bought."),
    Field("habit_weeks", Kind.NUMBER, "Weeks of use in 12", ROOM, stored="habit_weeks", group=GROUP,
          unit="of 12",
          frame="usage.habit_weeks",
          help="Of the last 12 spans of 7 days, those with any use. A habit from 8."),
    Field("depth_share", Kind.SHARE, "Depth of use", ROOM, stored="depth_share", group=GROUP,
          frame="usage.depth_share",
          help="Core workflows used in 28 days ÷ core workflows of the products in force."),
    Field("teams_28", Kind.NUMBER, "Teams active", ROOM, stored="teams_28", group=GROUP,
          frame="usage.teams_28",
          help="Distinct teams, by traits, of the people active in 28 days."),
    Field("sites_28", Kind.NUMBER, "Sites active", ROOM, group=GROUP,
          frame="usage.sites_28",
          help="Distinct sites, by traits, of the people active in 28 days."),
    Field("stickiness", Kind.SHARE, "Stickiness", ROOM, stored="stickiness", group=GROUP,
          frame="usage.stickiness",
          help="Mean number of people active on a day ÷ people active in 28 days, over the same 28 days."),
    Field("usage_trend", Kind.NUMBER, "Usage trend", ROOM, stored="usage_trend", group=GROUP, decimals=1, is_level=True,
          frame="usage.usage_trend",
          help="Events of 28 days against the account's own median of the year before, in robust standard deviations: "
               "−3 is a clear fall. Unknown below 20 events or three earlier spans of 28 days."),
    Field("usage_change", Kind.NUMBER, "Change of use", ROOM, group=GROUP, is_level=True, unit="%",
          frame="usage.usage_change",
          help="Events of 28 days against the account's own median of the year before: −50 is half of the usual. "
               "Unknown where the usage trend is, and where there was hardly any use before."),
    Field("events_28", Kind.NUMBER, "Events in 28 days", ROOM, stored="events_28", group=GROUP,
          frame="usage.events_28",
          help="Events, daily counts included, in the last 28 days. " + _USE),
    Field("activated", Kind.DATE, "Activated", ROOM, stored="activated_on", group=GROUP,
          frame="usage.activated",
          help="Day of the first event that means activation by the catalogue."),
    Field("first_win", Kind.DATE, "First win", ROOM, stored="first_win_on", group=GROUP,
          frame="usage.first_win",
          help="Day of the first event that means a first win by the catalogue."),
    Field("days_to_value", Kind.NUMBER, "Time to value", ROOM, group=GROUP,
          frame="usage.days_to_value",
          unit="days",
          help="Days from the start of the first paid line to the first win; 0 where the win came first. Unknown while "
               "there is none: who still waits has no time to value yet, which cohorts account for."),
    Field("products_without_win", Kind.NUMBER, "Products without a first win", ROOM, group=GROUP,
          frame="usage.products_without_win",
          help="Products in force in which no event that means a first win has come. A product has those the catalogue "
               "names for it, else those it names for no product; one that can have none is not counted."),
    Field("usage_heard", Kind.DAYS, "Usage data came", ROOM, group=GROUP,
          frame="usage_sources.last_heard",
          help="Days since the sources that speak of the account sent anything of anybody, whole days before today: 1 "
               "is as fresh as can be. A customer may be silent while their source is not."),
)  # fmt: skip


def register_all() -> None:
    """Called once, when the app is ready."""
    families.register_all()
    heard.register_all()
    register(*FIELDS)
