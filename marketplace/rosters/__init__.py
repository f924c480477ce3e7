"""培育库 rosters: a sheet of firms compared with what is on file, looked at, written, and taken back."""
