"""Firms: who they are, who speaks for them, whose contacts were released to whom."""
