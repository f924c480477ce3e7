"""Conferences (供需对接会): who takes part, and the match list that the bureau would dare to hand out."""
