"""Decisions with two sides: which listings a person says are one event, or are two."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "curation_mark", sa.Column("side", sa.Integer(), server_default="0", nullable=False)
    )
    for name in ("event_id", "other_id"):
        op.add_column("curation", sa.Column(name, sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_curation_other_id"), "curation", ["other_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_curation_other_id"), "curation")
    for name in ("other_id", "event_id"):
        op.drop_column("curation", name)
    op.drop_column("curation_mark", "side")
