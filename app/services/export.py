"""Everything kept about a person, for the person."""

from app.model.event import Event
from app.model.score import Score
from app.model.user import User
from app.store import busy, check_ins, choices
from app.store.codec import decode
from app.store.database import Session


def everything(session: Session, user: User) -> dict[str, object]:
    """Account, profile, decisions and check-ins; no secret and nobody else's data."""
    return {
        "name": user.name,
        "email": user.email,
        "profile": user.profile,
        "choices": [
            {
                "event": decode(row.snapshot, Event),
                "score": decode(row.score, Score),
                "state": row.state,
                "chosen_at": row.chosen_at,
                "changed_at": row.changed_at,
                "gone_since": row.gone_since,
            }
            for row in choices.of_user(session, user.id)
        ],
        "check_ins": list(check_ins.of_user(session, user.id)),
        "busy_calendars": [
            {
                "host": row.host,
                "added_at": row.added_at,
                "times": decode(row.times, list[busy.Span]),
            }
            for row in busy.of_user(session, user.id)
        ],
    }
