"""HTTP: one router for each resource; the only place, with `main`, that knows FastAPI."""
