"""Proposals: pairs of need and capability with reasons, shown to both sides, answered by both."""
