# `make help` explains itself from the comments behind the targets.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help run test lint bench lock clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(STAMP): requirements.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set PYTHON=python3.x"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

run: $(STAMP) ## Set up, play the sample city and serve it on localhost
	$(BIN)/gomeet demo

lint: $(STAMP) ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Dozens of processes are started in a test run: none shall compile what another has compiled.
test: export PYTHONDONTWRITEBYTECODE :=

# A third process where there are two cores: many tests wait for a limit or for another process.
test: lint ## Run everything this machine can run
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -rs

bench: $(STAMP) ## Measure; prints one table
	$(BIN)/python -m bench

lock: $(STAMP) ## Pin the newest versions that fit, with hashes and without addresses
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --upgrade --group dev -c requirements.lock \
		pyproject.toml -o requirements-dev.lock

clean: ## Remove what was set up and the demo's data
	rm -rf $(VENV) data/demo
