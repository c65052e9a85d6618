"""What services need of the world outside, in one value that bootstrap fills."""

from dataclasses import dataclass, field
from uuid import UUID

from app.gateways.http import Client
from app.gateways.sandbox import Sandbox
from app.services.calendar import FeedCache
from app.services.catalog import Catalog
from app.settings import Settings
from app.store.database import Database
from app.store.tokens import Keys


@dataclass(frozen=True)
class Resources:
    """One process's database, doors to the network, keys and caches."""

    settings: Settings
    database: Database
    keys: Keys
    client: Client
    sandbox: Sandbox
    catalog: Catalog = field(default_factory=Catalog)
    feeds: FeedCache = field(default_factory=FeedCache)
    discoveries: list[UUID] = field(default_factory=list)  # who asks, for each question under way
