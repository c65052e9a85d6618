"""Distances on the earth."""

from math import asin, cos, radians, sin, sqrt

Point = tuple[float, float]  # latitude and longitude in degrees
EARTH_KM = 6371.0088  # mean radius, IUGG


def distance_km(
    latitude: float, longitude: float, to_latitude: float, to_longitude: float
) -> float:
    """Great-circle distance in km between two points in degrees (haversine)."""
    phi, psi = radians(latitude), radians(to_latitude)
    half = sin((psi - phi) / 2) ** 2
    half += cos(phi) * cos(psi) * sin(radians(to_longitude - longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def distance_between(a: Point | None, b: Point | None) -> float | None:
    """Km between two points, None where either is unknown."""
    return distance_km(*a, *b) if a and b else None
