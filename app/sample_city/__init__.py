"""Harbor Falls, an invented city whose publishers the demo and the end-to-end tests poll."""
