"""Go Meet People: finds the public events where a job seeker will meet people who hire."""
