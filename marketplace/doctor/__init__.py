"""`lianqiao doctor`: is every part there and well, and what is to be done where it is not."""
