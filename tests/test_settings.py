"""Every setting is documented as it is."""

import ast
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from app.errors import Invalid
from app.settings import Settings, settings

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "settings.md"


def row(name: str, field: FieldInfo) -> str:
    """The line of the table that documents a setting."""
    default = field.default
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, list):
        default = ", ".join(map(str, default))
    if isinstance(default, bool):
        default = str(default).lower()
    shown = f"`{default}`" if str(default) else "(empty)"
    return f"| `GOMEET_{name.upper()}` | {shown} | {field.description} |"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_setting_is_documented(name: str) -> None:
    assert row(name, Settings.model_fields[name]) in PAGE.read_text().splitlines()


def test_the_page_speaks_of_no_other() -> None:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| `GOMEET_")]
    assert lines == [row(name, field) for name, field in Settings.model_fields.items()]


def test_each_setting_does_something() -> None:
    """Somebody reads it, other than the module that declares it."""
    used = {
        node.attr
        for path in (ROOT / "app").rglob("*.py")
        if path.name != "settings.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert set(Settings.model_fields) <= used


@pytest.mark.parametrize(
    "wrong", [{"smtp_security": "ssl"}, {"mail_uncertain": "twice"}, {"fetch_deadline": "soon"}]
)
def test_a_wrong_value_is_refused_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, **wrong)  # type: ignore[arg-type] # wrong on purpose


def test_a_wrong_value_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMEET_TICK_SECONDS", "canary")
    with pytest.raises(Invalid, match="GOMEET_TICK_SECONDS") as caught:
        settings.__wrapped__()
    assert "canary" not in str(caught.value)


def test_secrets_do_not_show() -> None:
    shown = Settings(
        _env_file=None, secret_key=SecretStr("canary-key"), smtp_password=SecretStr("canary-word")
    )
    assert "canary" not in repr(shown) + str(shown)
