"""The command line, one module for each noun; `app.__main__` puts them together."""
