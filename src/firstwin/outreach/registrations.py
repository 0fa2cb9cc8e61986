"""What this room adds to others: it carries their mail, and shows the outbox to admins."""

from firstwin.core.backup.after import register_after_restore
from firstwin.core.invariants import register_invariant
from firstwin.core.jobs import register_schedule
from firstwin.outreach import tasks
from firstwin.outreach.actions.holds import hold_after_restore
from firstwin.outreach.actions.messages import post_message
from firstwin.outreach.carrier import leaves_the_house
from firstwin.outreach.checks import problems
from firstwin.people import rules
from firstwin.people.mail import register_carrier
from firstwin.people.tabs import SettingsTab, register_tab


def register() -> None:
    register_carrier(post_message, delivers=leaves_the_house)
    register_schedule("outreach.tend", tasks.tend_outbox, "Tend the outbox", every=1)
    register_invariant("outreach.outbox", "No message is stuck and no spent link is kept", problems)
    register_tab(SettingsTab("outbox", "Outbox", "outbox", 210, rules.can_handle_outbox))
    register_after_restore("outreach.hold", hold_after_restore)
