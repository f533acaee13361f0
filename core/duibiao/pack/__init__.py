"""TOML to model: every problem collected, each with its file and line."""
