"""Pages of moderation: the desk, the decisions taken there, and what was decided."""

from marketplace.moderation.blueprint import pages
from marketplace.moderation.views import deciding, desk, history

__all__ = ["deciding", "desk", "history", "pages"]
