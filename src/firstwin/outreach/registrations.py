"""What this room adds to others: it carries their mail, and shows the outbox to admins."""

from firstwin.outreach.actions.messages import post_message
from firstwin.outreach.carrier import leaves_the_house
from firstwin.people import rules
from firstwin.people.mail import register_carrier
from firstwin.people.tabs import SettingsTab, register_tab


def register() -> None:
    register_carrier(post_message, delivers=leaves_the_house)
    register_tab(SettingsTab("outbox", "Outbox", "outbox", 210, rules.can_handle_outbox))
