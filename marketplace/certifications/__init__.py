"""Certificates and tiers as dated facts: what a firm holds, under which rule, until when, and who checked it."""
