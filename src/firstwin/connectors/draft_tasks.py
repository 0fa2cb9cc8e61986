"""Work about drafts in the background."""

from firstwin.core import clock
from firstwin.core.jobs import task


@task()
def forget_old_drafts() -> int:
    """Drafts nobody has touched for two weeks go, with their files. How many there were."""
    from firstwin.connectors.actions.drafts import forget_drafts

    return forget_drafts(now=clock.now())
