"""An office's workspace on disk: journal, tables made from it, evidence, backups. The only place that knows SQLite."""
