"""Openings: new places to try, and what a source's scraper is told."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0001."""
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("options", sa.Text(), nullable=False, server_default="{}"))
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.alter_column("options", server_default=None)

    op.create_table(
        "opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("heard", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.create_index("ix_opening_last_day", ["last_day"], unique=False)

    op.create_table(
        "opening_listing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
            name=op.f("fk_opening_listing_source_id_source"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["opening_id"], ["opening.id"], name=op.f("fk_opening_listing_opening_id_opening")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_listing")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_opening_listing_source_id_key")),
    )
    with op.batch_alter_table("opening_listing", schema=None) as batch_op:
        batch_op.create_index("ix_opening_listing_opening", ["opening_id"], unique=False)


def downgrade() -> None:
    """To 0001."""
    with op.batch_alter_table("opening_listing", schema=None) as batch_op:
        batch_op.drop_index("ix_opening_listing_opening")
    op.drop_table("opening_listing")
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.drop_index("ix_opening_last_day")
    op.drop_table("opening")
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.drop_column("options")
