"""Pages of capabilities: records.py shows and steps, writing.py is the form, photos.py the pictures."""

from marketplace.capabilities.blueprint import pages
from marketplace.capabilities.views import photos, records, writing

__all__ = ["pages", "photos", "records", "writing"]
