"""Needs: what a buyer looks for, with its specification rows, terms and openness."""
