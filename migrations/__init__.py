"""Alembic's scripts; `app.store.migrate` runs them."""
