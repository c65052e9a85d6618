"""Two sides of a decision: which listings a person says are one event, or are two."""

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


def downgrade() -> None:
    op.drop_column("curation_mark", "side")
