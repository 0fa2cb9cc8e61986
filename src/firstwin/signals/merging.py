"""What becomes of signals when two accounts are merged: what was said of each stays said of it; what people judged goes
along."""

from firstwin.accounts.merging import Policy, Rule, register_rule


def register_rules() -> None:
    """Called once, when the app is ready."""
    keep = Rule(Policy.KEEP)
    for table in ("reading", "stagemove", "segmentstay", "episode", "dismissal"):
        register_rule(f"signals.{table}", "account", keep)
    register_rule("signals.refreshed", "account", Rule(Policy.DERIVED))
    register_rule("signals.lookedback", "account", keep)
    register_rule(
        "signals.override",
        "account",
        Rule(Policy.MOVE, ("scorecard", "level", "target"), follows=("key",), label="override"),
    )
    register_rule("signals.pulse", "account", Rule(Policy.MOVE, label="pulse"))
    register_rule("signals.stagepause", "account", Rule(Policy.LINE, (), label="pause"))
