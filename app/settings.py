"""All settings, from the environment (`GOMEET_…`) or a `.env` file; each has a default."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

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
    fetch_connect_timeout: float = Field(5.0, description="Time to connect, of the total.")
    fetch_resolve_timeout: float = Field(3.0, description="Time to look a name up, of the total.")
    fetch_wire_limit: int = Field(5 * 2**20, description="Most bytes of an answer as they come.")
    fetch_decoded_limit: int = Field(10 * 2**20, description="Most bytes of an answer, unpacked.")
    fetch_concurrency: int = Field(20, description="Requests at once, to all hosts.")
    fetch_per_host: int = Field(2, description="Requests at once, to one host.")
    fetch_host_interval: float = Field(1.0, description="Least time between requests to an IP.")
    respect_robots: bool = Field(True, description="Whether robots.txt is asked and obeyed.")
    geocoder_url: str = Field(
        "", description="A Nominatim service to look unknown venues up; empty: none is asked."
    )
    parse_memory_limit: int = Field(512 * 2**20, description="Memory of a process that parses.")
    parse_cpu_limit: int = Field(5, description="Processor time for one document.")
    parse_deadline: float = Field(10.0, description="Time for one document, waiting included.")
    tick_seconds: float = Field(30.0, description="How often the clock looks for what is due.")
    clock: bool = Field(True, description="Whether `gomeet serve` also ticks and works.")
    workers: bool = Field(
        False, description="Whether `gomeet worker` does the work that is due; needs PostgreSQL."
    )
    crowd: int = Field(
        5, ge=1, description="How many people of this installation are sent to one event."
    )
    docs: bool = Field(True, description="Whether /docs and /openapi.json are served.")
    ticketmaster_key: SecretStr = Field(
        SecretStr(""), description="Consumer key for Ticketmaster's Discovery API."
    )
    seatgeek_key: SecretStr = Field(
        SecretStr(""), description="Client id for SeatGeek's Platform API."
    )
    bandsintown_key: SecretStr = Field(SecretStr(""), description="App id for Bandsintown's API.")
    eventbrite_key: SecretStr = Field(
        SecretStr(""), description="Private token for Eventbrite's API: your own organizations."
    )
    predicthq_key: SecretStr = Field(
        SecretStr(""), description="API token for PredictHQ, where your plan allows this use."
    )
    smtp_host: str = Field("", description="Mail server; empty: no mail goes out.")
    smtp_port: int = Field(587, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls, tls, or none (to this machine only)."
    )
    smtp_username: str = Field("", description="Name to sign in with; empty: no sign-in.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password to sign in with.")
    smtp_ca_file: str = Field("", description="PEM file of a private certificate authority.")
    mail_from: str = Field(
        "Go Meet People <gomeet@localhost>", description="Sender of every letter."
    )
    operator_email: str = Field(
        "", description="Who is told when a source gets worse; empty: nobody."
    )
    mail_uncertain: Literal["resend", "hold"] = Field(
        "resend",
        description="A letter of which nobody knows whether it arrived: resend once, or hold.",
    )


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
