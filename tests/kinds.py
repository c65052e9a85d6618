"""For the few tests that concern one kind of database only."""

import pytest

embedded = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
server = pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
