"""Mails as rows with states, what each person wants to receive, and signed links."""
