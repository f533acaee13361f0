"""The terminal UI: the only place that knows textual."""
