"""Long work on the index that a person or the upkeep asks for: comparing it, building it anew, writing a search out."""

from __future__ import annotations

from typing import Any

from marketplace.core.clock import utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.jobs import JobClaim
from marketplace.discovery import exporting, rebuilding, reconciling, tending

REBUILD = tending.REBUILD
EXPORT, export = exporting.EXPORT, exporting.export


def reconcile(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    run = reconciling.reconcile(context, utc_now(), progress)
    return {"checked": run.checked, "unequal": run.unequal}


def rebuild(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    return {"documents": rebuilding.rebuild(context, utc_now(), progress)}
