"""Sheets in: two sheets become a match list, and rows become firms, needs and capabilities when they are kept."""
