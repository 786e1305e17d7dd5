"""Databases under the queue: SQLite, PostgreSQL, migrations."""
