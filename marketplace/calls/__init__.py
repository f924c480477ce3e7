"""Calls (征集通知): which firms are asked for needs and capabilities by when, who has answered, who is to be reminded."""
