# make run    start the studio            make bench   measure it
# make test   run every test              make lint    style, types, layers, settings
# make lock   compile the lock files      make clean   remove what was built, never data/

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := UV_NO_PROGRESS=1 $(BIN)/uv

.PHONY: setup setup-dev run test bench lint lock clean help

help:
	sed -n '1,3p' Makefile

# The stamp holds the hash of the lock that was installed; an unchanged lock costs nothing.
$(BIN)/python:
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	  echo "Video Studio needs Python 3.11 or newer: apt install python3" >&2; exit 1; fi
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then
	  echo "python3-venv is missing: apt install python3-venv" >&2; exit 1; fi
	echo "Making $(VENV) …"
	$(PYTHON) -m venv $(VENV)

$(BIN)/uv: | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check uv

define install
	wanted="$$(sha256sum < $(1))"
	if [ "$$(cat $(VENV)/.installed 2>/dev/null)" != "$$wanted" ]; then
	  echo "Installing $(1) …"
	  $(UV) pip sync --quiet --require-hashes --python $(BIN)/python $(1)
	  echo "$$wanted" > $(VENV)/.installed
	fi
endef

# What make test installed serves to run as well, so that run and test do not undo each other.
setup: | $(BIN)/uv
	if [ "$$(cat $(VENV)/.installed 2>/dev/null)" = "$$(sha256sum < requirements-dev.lock)" ]; then exit 0; fi
	$(call install,requirements.lock)

setup-dev: | $(BIN)/uv
	$(call install,requirements-dev.lock)

run: setup
	exec $(BIN)/python manage.py studio

test: setup-dev
	$(MAKE) --no-print-directory lint
	.ci/tools
	exec .ci/tests $(BIN)/python $(ARGS)

bench: setup-dev
	exec $(BIN)/python -m bench $(ARGS)

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	data="$$(mktemp -d)"; trap 'rm -rf "$$data"' EXIT
	export DATA_DIR="$$data"
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	PUBLIC_URL=https://studio.example.com $(BIN)/python manage.py check --deploy --fail-level WARNING

lock: | $(BIN)/uv
	UV_NO_CONFIG=1 $(UV) pip compile --quiet --generate-hashes --python-version 3.11 --no-header -o requirements.lock requirements.in
	UV_NO_CONFIG=1 $(UV) pip compile --quiet --generate-hashes --python-version 3.11 --no-header -o requirements-dev.lock requirements-dev.in

clean:
	rm -rf $(VENV) staticfiles test-results .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
