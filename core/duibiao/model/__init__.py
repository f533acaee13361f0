"""The words of the field as frozen classes: no I/O, no clock, nothing that changes."""
