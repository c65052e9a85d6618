"""The cue lists: data files that a person can read, checked as they are loaded."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

FIELDS = ("title", "text", "organizer", "venue", "category")


@cache
def table(name: str) -> dict[str, dict[str, Any]]:
    """The cue file `name`.toml as `{cue: {key: value}}`, in the order of the file."""
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrases(cue: dict[str, Any]) -> dict[str, list[str]]:
    """The part of a cue that lists phrases: `{"title_or_text": [...]}`."""
    return {key: value for key, value in cue.items() if set(key.split("_or_")) <= set(FIELDS)}
