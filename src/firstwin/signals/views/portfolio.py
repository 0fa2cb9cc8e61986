"""The health of the portfolio: how it stands, what moved, and what renews at risk."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.views.answers import reader
from firstwin.core.clock import day_of
from firstwin.signals.refresh.definitions import Definitions, definitions_at
from firstwin.signals.refresh.lag import lag
from firstwin.signals.section import portfolio as questions
from firstwin.signals.section.gather import EVIDENCE, EVIDENCE_MEANS
from firstwin.ui.jinja import page


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    asker = reader(request)
    today = day_of(asker.now)
    return page(
        request,
        "signals/portfolio.html",
        mix=questions.mix_of(asker.scope),
        moves=questions.moves_of(asker.scope, today, _bounds(definitions_at())),
        moved_lists=questions.moved_lists(),
        quarters=questions.quarters_of(asker.scope, today),
        blind=questions.blind_of(asker.scope),
        experiences=questions.by_experience(asker.scope),
        owners=questions.by_owner(asker.scope),
        lag=lag(asker.now),
        low=questions.LOW_COVERAGE,
        much=questions.MUCH,
        evidence=(EVIDENCE, EVIDENCE_MEANS),
        now=asker.now,
    )


def _bounds(definitions: Definitions) -> dict[str, tuple[float, float]]:
    """Experience → where amber and green begin on its first scorecard."""
    found = {}
    for key, one in definitions.experiences.items():
        card = definitions.scorecards.get(one.parsed.scorecards[0]) if one.parsed.scorecards else None
        if card is not None:
            found[key] = (card.parsed.amber_from, card.parsed.green_from)
    return found
