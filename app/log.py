"""Log lines of our own; the libraries below speak up from WARNING only."""

import logging


def configure(level: str) -> None:
    """Log to standard error from this level on."""
    logging.basicConfig(level=level)
    for name in ("httpx", "httpcore", "sqlalchemy.engine", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)
