"""`python -m app.sample_city [port]`: play the city until interrupted, day after day."""

import sys
import time
from datetime import date, datetime

from app.sample_city.cycle import ZONE
from app.sample_city.server import serve

HOST = "127.0.0.1"
PORT = 8010


def _today() -> date:
    return datetime.now(ZONE).date()  # noqa: TID251 -- a program's entry reads the clock


def main() -> None:
    """Serve on loopback; the day turns at midnight in the city."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    with serve(HOST, port, _today()) as city:
        sys.stdout.write(f"Harbor Falls is at {city.url}/ (Ctrl-C ends it)\n")
        sys.stdout.flush()
        while True:
            time.sleep(30)
            city.turn_to(_today())


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
