"""Go Meet People: finds the public events where a job seeker will meet people who hire."""

import gc

# Objects made before the collector looks. Python's 700 is for small programs: it took a sixth of
# the time of a start, and of the tests.
gc.set_threshold(20_000)
