"""Every table of the site in one metadata: for migrations and for tests that create a schema."""

from marketplace.accounts import models as accounts
from marketplace.calls import models as calls
from marketplace.capabilities import models as capabilities
from marketplace.certifications import models as certifications
from marketplace.conferences import models as conferences
from marketplace.core import audit, files, jobs, outbox, synonyms
from marketplace.core.db import Base
from marketplace.discovery import models as discovery
from marketplace.firms import models as firms
from marketplace.imports import models as imports
from marketplace.mail import models as mail
from marketplace.moderation import models as moderation
from marketplace.needs import models as needs
from marketplace.proposals import models as proposals
from marketplace.rosters import models as rosters
from marketplace.taxonomy import models as taxonomy

metadata = Base.metadata

__all__ = [
    "accounts",
    "audit",
    "calls",
    "capabilities",
    "certifications",
    "conferences",
    "discovery",
    "files",
    "firms",
    "imports",
    "jobs",
    "mail",
    "metadata",
    "moderation",
    "needs",
    "outbox",
    "proposals",
    "rosters",
    "synonyms",
    "taxonomy",
]
