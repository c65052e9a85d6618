"""The nouns: frozen values without behaviour of the outside world."""
