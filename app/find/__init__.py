"""Listings made fit, polls judged, duplicates found, the health of sources told. Pure."""
