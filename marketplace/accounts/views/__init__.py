"""Pages of accounts: signing in and joining, one's own account, a forgotten password, invitations, offices."""

from marketplace.accounts.views import invited, joining, mine, office_desk, resetting
from marketplace.accounts.views.blueprint import pages

__all__ = ["invited", "joining", "mine", "office_desk", "pages", "resetting"]
