"""Pages of capabilities: records.py shows and steps, writing.py is the form, first.py the short one for a phone,
photos.py the pictures."""

from marketplace.capabilities.blueprint import pages
from marketplace.capabilities.views import first, photos, records, writing

__all__ = ["first", "pages", "photos", "records", "writing"]
