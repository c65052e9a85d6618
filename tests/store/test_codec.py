"""What is kept comes back, whoever asks first."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", ["reply", "kept"])
def test_threads_may_decode_their_first_value_at_once(kind: str) -> None:
    """msgspec alone ends the process here (SIGSEGV): a clock or a service that has just begun."""
    command = [sys.executable, "-m", "tests.store.decoding", kind]
    for _ in range(3):
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout.strip()) == (0, "8"), done.stderr
