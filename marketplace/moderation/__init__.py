"""Moderation: the bureau looks at what was submitted, with a checklist and flags, and publishes or returns it."""
