"""The health of the portfolio: how it stands, what moved, and what renews at risk."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.views.answers import reader
from firstwin.core.clock import day_of
from firstwin.people.rules import can_configure
from firstwin.signals.refresh.definitions import Definitions, definitions_at
from firstwin.signals.refresh.lag import lag
from firstwin.signals.section import portfolio as questions
from firstwin.signals.section import portfolio_moves as moves
from firstwin.signals.section.gather import EVIDENCE, EVIDENCE_MEANS
from firstwin.signals.section.portfolio_sums import LOW_COVERAGE
from firstwin.signals.views.defined import broken_of
from firstwin.ui.jinja import page


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    asker = reader(request)
    today, some = day_of(asker.now), questions.portfolio_cells(asker.scope)
    return page(
        request,
        "signals/portfolio.html",
        mix=questions.mix_of(some, asker.scope),
        moves=moves.moves_of(asker.scope, today, _bounds(definitions_at())),
        moved_lists=moves.moved_lists(),
        quarters=questions.quarters_of(asker.scope, today),
        blind=questions.blind_of(some),
        experiences=questions.by_experience(some),
        owners=questions.by_owner(some),
        broken=broken_of("scorecard", may_edit=can_configure(asker.user)),
        lag=lag(asker.now),
        low=LOW_COVERAGE,
        much=moves.MUCH,
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
