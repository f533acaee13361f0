"""The terminal UI, used as an operator uses it: keys in, text out."""
