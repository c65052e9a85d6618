"""The registry of venues, and which of them a listing speaks of."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "venue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("ask_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
    )
    for column in ("name", "moved", "ask_after"):
        op.create_index(op.f(f"ix_venue_{column}"), "venue", [column])
    op.create_table(
        "venue_alias",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("spelling", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["venue_id"],
            ["venue.id"],
            name=op.f("fk_venue_alias_venue_id_venue"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", "venue_id", name=op.f("pk_venue_alias")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_venue_alias_venue_id"), "venue_alias", ["venue_id"])
    op.add_column("listing", sa.Column("venue_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_listing_venue_id"), "listing", ["venue_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_listing_venue_id"), "listing")
    op.drop_column("listing", "venue_id")
    op.drop_table("venue_alias")
    op.drop_table("venue")
