# Everything a person needs to run, test and measure Cairn with nothing but Python 3.11 and make.

# Looked for only where it is used: the first interpreter that is recent enough.
PYTHON = $(shell for it in python3.11 python3 python3.12 python3.13; do \
	$$it -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$it && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
LOCKER := build/locker
DIGEST := $(shell cat requirements.lock 2>/dev/null | cksum)

.DEFAULT_GOAL := help
.PHONY: help demo up test check bench lock clean environment

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

demo: environment ## Carry one technology to business as usual before your eyes
	@$(BIN)/python starter.py demo

up: environment ## Start Temporal, its UI, PostgreSQL and a worker, until Ctrl-C
	@exec $(BIN)/python starter.py up

test: environment ## Run the tests
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: environment ## Run everything that must pass: lint, format, types, imports, tests
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > build/imports.txt 2>&1 || { cat build/imports.txt; exit 1; }
	@$(MAKE) --no-print-directory test

bench: environment ## Measure
	@$(BIN)/python -m benchmarks

lock: ## Settle the version and the hashes of every dependency again
	@$(PYTHON) -m venv $(LOCKER)
	@$(LOCKER)/bin/python -m pip install -qq --disable-pip-version-check pip-tools
	@CUSTOM_COMPILE_COMMAND="make lock" $(LOCKER)/bin/pip-compile --quiet --strip-extras --extra dev \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file requirements.lock pyproject.toml

clean: ## Remove what was built; the data under .cairn stay
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp holds the lock's digest and is written last, so an installation that was cut short is done again.
environment:
	@mkdir -p build
	@test "$$(cat $(STAMP) 2>/dev/null)" = "$(DIGEST)" || $(MAKE) --no-print-directory $(STAMP)

.PHONY: $(STAMP)
$(STAMP):
	@test -n "$(PYTHON)" \
		|| { echo "Cairn needs Python 3.11 or later: install it and run make again."; exit 1; }
	@echo "Preparing $(VENV) (once, about a minute) ..."
	@rm -f $(STAMP)
	@umask 022 && $(PYTHON) -m venv --clear $(VENV)
	@umask 022 && $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "$(DIGEST)" > $(STAMP).new && mv $(STAMP).new $(STAMP)
