"""差一点: to each supplier the needs that it nearly met and how to mend it; to the bureau the commonest gaps."""
