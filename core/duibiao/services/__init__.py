"""Use cases shared by every interface; the only layer that knows today's date."""
