"""Values to JSON text and back, for the columns that keep them whole."""

from threading import Lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}  # one for each type we keep
# msgspec shows other threads what it knows of a dataclass before that is whole, and crashes there.
_making = Lock()


def encode(value: object) -> str:
    """Compact JSON of a dataclass, list or dict; instants and dates in ISO 8601."""
    return _encoder.encode(value).decode()


def decode(text: str, type_: type[T]) -> T:
    """The value of `type_` in `text`. Raises ValueError where the text does not fit."""
    decoder = _decoders.get(type_)
    if decoder is None:
        with _making:
            decoder = _decoders[type_] = msgspec.json.Decoder(type_)
    value: T = decoder.decode(text)
    return value
