"""Long work of calls: one mail after the other for thousands of firms, in small units of work."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.letters import Site
from marketplace.calls import reminding
from marketplace.core.clock import utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.jobs import JobClaim

REMIND = "call.remind"
STEP = "calls.step.mailing"


def remind(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """Mail whoever has not answered ``call_id``. Stopped and begun again it mails nobody twice."""
    site = Site(context.settings.site_name, context.settings.base_url.rstrip("/"))
    after: int | None = 0
    rounds = 0
    while after is not None:
        with context.database.unit_of_work() as session:
            after = reminding.mail_some(
                session,
                context.actor_of_job(session, claim),
                claim.params["call_id"],
                claim.params["office_id"],
                after=after,
                link=claim.params["link"],
                site=site,
                now=utc_now(),
            )
        rounds += 1
        progress(STEP, rounds * reminding.AT_ONCE, 0)
    return {"call_id": claim.params["call_id"]}
