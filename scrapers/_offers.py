"""schema.org `offers` to offers: ranges, free, currency, sold out."""

from dataclasses import replace

from scrapers._html import absolute
from scrapers._nodes import Node, first_text, last_part, nodes, text, values
from scrapers._price import cents, currency_of, read_price
from scrapers.base import Offer

MAX_OFFERS = 60

_AVAILABILITY = {
    "soldout": "sold_out", "outofstock": "sold_out", "discontinued": "sold_out",
    "limitedavailability": "limited", "preorder": "pre_order", "presale": "pre_order",
    "instock": "in_stock", "onlineonly": "in_stock", "instoreonly": "in_stock",
}  # fmt: skip


def read_offers(node: Node, base: str, dollar: str) -> tuple[Offer, ...]:
    """The distinct offers of an event node; `dollar` is the currency of a bare "$".

    `isAccessibleForFree` counts where no offer names a price.
    """
    found = [
        offer
        for value in values(node, "offers")
        for inner in _opened(value)
        if (offer := read_offer(inner, base, dollar)) is not None
    ]
    if not any(offer.price_min is not None for offer in found) and _is_free(node):
        found = [replace(offer, price_min=0, price_max=0) for offer in found] or [Offer(0, 0)]
    return tuple(dict.fromkeys(found))[:MAX_OFFERS]


def read_offer(value: object, base: str, dollar: str) -> Offer | None:
    """One Offer or AggregateOffer node, or a price as text; None if it says nothing."""
    if not isinstance(value, dict):
        said = text(value)
        link = absolute("", said)
        return Offer(url=link) if link else read_price(said, dollar)
    low, high, code = _prices(value, dollar)
    for priced in nodes(value, "priceSpecification"):
        if low is None:
            low, high, more = _prices(priced, dollar)
            code = code or more
    availability = _AVAILABILITY.get(last_part(first_text(value, "availability")).lower(), "")
    offer = Offer(low, high, code, availability, absolute(base, first_text(value, "url")))
    return offer if offer != Offer() else None


def _opened(value: object) -> list[object]:
    """An aggregate without prices of its own stands for the offers within it."""
    if isinstance(value, dict) and not first_text(value, "price", "lowPrice", "highPrice"):
        return values(value, "offers") or [value]
    return [value]


def _prices(node: Node, dollar: str) -> tuple[int | None, int | None, str]:
    said = first_text(node, "price")
    low = first_text(node, "lowPrice", "minPrice")
    high = first_text(node, "highPrice", "maxPrice")
    code = first_text(node, "priceCurrency").strip().upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        code = currency_of(f"{code} {said or low or high}", dollar)
    if said and (offer := read_price(said, dollar)):
        return offer.price_min, offer.price_max, code or offer.currency
    bounds = sorted(bound for bound in (cents(low), cents(high)) if bound is not None)
    if len(bounds) == 2:
        return bounds[0], bounds[1], code
    return cents(low), cents(high), code


def _is_free(node: Node) -> bool:
    said = node.get("isAccessibleForFree", node.get("free"))
    return said is True or last_part(text(said)).lower() == "true"
