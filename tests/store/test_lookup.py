"""The short way to one row gives what the long way gives, on both kinds of database."""

from sqlite3 import OperationalError
from uuid import UUID

import pytest
from sqlalchemy import bindparam, select, text

from app.services.resources import Resources
from app.store import lookup
from app.store.lookup import look_up
from app.store.tables import UserRow

BY_ADDRESS = select(UserRow.id, UserRow.created_at, UserRow.revision).where(
    UserRow.email == bindparam("email")
)
ADDRESS = "robin@harborfalls.example"


def test_a_row_comes_with_the_types_of_its_columns(world: Resources, person: UUID) -> None:
    with world.database.read() as session:
        long_way = session.execute(BY_ADDRESS, {"email": ADDRESS}).one()
    found = look_up(world.database, BY_ADDRESS, email=ADDRESS)
    assert found == tuple(long_way)
    assert found is not None
    assert isinstance(found[0], UUID)
    assert found[1].tzinfo is not None


def test_no_row_is_none(world: Resources, person: UUID) -> None:
    assert look_up(world.database, BY_ADDRESS, email="nobody@harborfalls.example") is None
    assert look_up(world.database, BY_ADDRESS, email="' OR 1=1 --") is None


def test_it_sees_what_was_written_since(world: Resources, person: UUID) -> None:
    look_up(world.database, BY_ADDRESS, email=ADDRESS)
    with world.database.write() as session:
        session.execute(text("UPDATE user_account SET revision = 77"))
    found = look_up(world.database, BY_ADDRESS, email=ADDRESS)
    assert found is not None
    assert found[2] == 77


def test_where_the_driver_fails_the_long_way_answers(
    world: Resources, person: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(lookup, "_on_driver", locked)
    found = lookup.look_up(world.database, BY_ADDRESS, email=ADDRESS)
    assert found is not None
    assert found[0] == person
