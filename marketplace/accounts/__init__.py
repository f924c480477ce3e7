"""People and offices: accounts, sign-in, invitations, and who belongs to which bureau or 镇/街道."""
