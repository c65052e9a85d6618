"""All settings, from the environment (`GOMEET_…`) or a `.env` file; each has a default."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from app.errors import Invalid


class Settings(BaseSettings):
    """What an operator may set. Times are seconds, sizes bytes, unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="GOMEET_", env_file=".env", extra="ignore")

    data_dir: Path = Field(Path("data"), description="Where the embedded database and key live.")
    database_url: str = Field(
        "", description="SQLAlchemy URL; empty means SQLite in data_dir; postgresql+psycopg://…"
    )
    base_url: str = Field("http://127.0.0.1:8000", description="Where people reach this service.")
    secret_key: SecretStr = Field(
        SecretStr(""), description="Key for tokens; empty means a generated file in data_dir."
    )
    contact: str = Field(
        "", description="Address or page shown to publishers in the User-Agent of every fetch."
    )
    allow_networks: list[str] = Field(
        [], description="CIDRs that may be fetched although private, e.g. 127.0.0.0/8."
    )
    allow_ports: list[int] = Field([80, 443], description="Ports that may be fetched.")
    fetch_deadline: float = Field(20.0, description="Total time for one exchange.")
    fetch_connect_timeout: float = 5.0
    fetch_resolve_timeout: float = 3.0
    fetch_wire_limit: int = 5 * 2**20
    fetch_decoded_limit: int = 10 * 2**20
    fetch_concurrency: int = 20
    fetch_per_host: int = 2
    fetch_host_interval: float = Field(1.0, description="Least time between requests to an IP.")
    respect_robots: bool = True
    parse_memory_limit: int = 512 * 2**20
    parse_cpu_limit: int = 5
    parse_deadline: float = 10.0
    poll_min_interval: int = 15 * 60
    poll_max_interval: int = 7 * 24 * 3600
    poll_default_interval: int = 6 * 3600
    tick_seconds: float = 30.0
    clock: bool = Field(True, description="Whether `gomeet serve` also ticks and works.")
    docs: bool = Field(True, description="Whether /docs and /openapi.json are served.")
    smtp_host: str = Field("", description="Empty: no mail goes out, and the page says so.")
    smtp_port: int = 587
    smtp_security: str = Field("starttls", description="starttls, tls or none (loopback only).")
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_ca_file: str = Field("", description="PEM file of a private certificate authority.")
    mail_from: str = "Go Meet People <gomeet@localhost>"
    mail_uncertain: str = Field("resend", description="resend once, or hold (SECURITY.md 4.6).")


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once. Raises Invalid naming the one that does not fit."""
    try:
        return Settings()
    except ValidationError as error:  # its own text would repeat the value, which may be a secret
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        raise Invalid(f"The setting GOMEET_{name} does not fit: {first['msg']}.", name) from None
    except SettingsError as error:
        raise Invalid(f"{error}: write it as JSON, such as [80, 443].") from None
