"""City packs as the mock API gives them: each look at a city that was added finds more read."""

from tests.web.sample_events import Json


def cities() -> dict[str, Json]:
    """Two packs, none added."""
    return {
        "harbor-falls": _city("harbor-falls", "Harbor Falls, MA", 12, [("Town Hall", "hall")]),
        "mill-creek": _city("mill-creek", "Mill Creek, IL", 140, []),
    }


def _city(name: str, title: str, sources: int, pages: list[tuple[str, str]]) -> Json:
    return {
        "name": name, "title": title, "country": "US", "time_zone": "America/Chicago",
        "latitude": 41.88, "longitude": -87.63, "radius_km": 25, "sources": sources, "added": 0,
        "read": 0, "paused": 0, "events": 0, "home_offered": False,
        "to_discover": [{"name": shown, "url": f"https://{host}.example.org/"} for shown, host in pages],
    }  # fmt: skip


def of_cities(packs: dict[str, Json], rest: list[str], *, homeless: bool) -> Json:
    """GET of all, or PUT of one."""
    if rest:
        packs[rest[0]]["added"] = packs[rest[0]]["sources"]
    for pack in packs.values():
        pack["home_offered"] = homeless
        if pack["added"] and not rest:
            pack["read"] = min(int(str(pack["read"])) + 5, int(str(pack["added"])))
            pack["events"] = int(str(pack["read"])) * 9
    return packs[rest[0]] if rest else {"items": list(packs.values())}
