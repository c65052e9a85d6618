"""Numbers fitted on judged listings; README.md tells how and on what."""
