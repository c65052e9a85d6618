"""Everything about the database, and the only place that knows SQLAlchemy.

One module for each aggregate, with plain functions that take a `Session` and never commit it: the
boundary (`api/deps`, `schedule`, the command line) owns the transaction.
"""
