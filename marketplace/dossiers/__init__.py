"""One page and one paper per firm (一户一档): everything the house knows of it, each fact with its source and its day."""
