"""Decisions of people on what sources say, and the time correction of a source."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "curation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["user_account.id"],
            name=op.f("fk_curation_decided_by_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curation")),
    )
    op.create_table(
        "curation_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("curation_id", sa.Uuid(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["curation_id"],
            ["curation.id"],
            name=op.f("fk_curation_mark_curation_id_curation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curation_mark")),
    )
    op.create_index("ix_curation_mark_curation", "curation_mark", ["curation_id"])
    op.create_index("ix_curation_mark_source_url", "curation_mark", ["source_url"])
    op.add_column(
        "event", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    for name in ("time_rule", "time_rule_proposed"):
        op.add_column("source", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("time_rule_proposed", "time_rule"):
        op.drop_column("source", name)
    op.drop_column("event", "hidden")
    op.drop_table("curation_mark")
    op.drop_table("curation")
