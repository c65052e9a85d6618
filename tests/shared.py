"""Where the team's shared material lies, if this machine has it; never part of the project."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
SHARED = next(
    (path for path in (_ROOT.parent / "shared", _ROOT.parents[1] / "shared") if path.is_dir()), None
)
