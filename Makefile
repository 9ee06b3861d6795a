# Steepest. `make` alone lists the targets.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
SECONDS ?= 60
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# one Chromium that draws in software keeps two cores busy: two of them make each other late
PAGES_AT_ONCE ?= 1
LOCK_TOOL := uv==0.13.9

.DEFAULT_GOAL := help
.PHONY: help run test lint types unit browser fuzz bench bench-server bench-browser lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Steepest needs Python 3.11 or newer; set PYTHON=...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV) || { echo "No venv module: install it (Debian: apt-get install python3-venv)"; exit 1; }

$(VENV)/.run: $(BIN)/python requirements.lock
	$(PIP) install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-test.lock
	$(PIP) install --quiet --require-hashes -r requirements-test.lock
	@touch $@

run: $(VENV)/.run ## serve Steepest (HOST=, PORT=)
	@$(BIN)/python -m app --host $(HOST) --port $(PORT)

test: $(VENV)/.test ## everything that must hold: ruff, mypy, all tests, in a real Chromium too
	@tools/install-chromium $(BIN)/python
	@$(MAKE) --no-print-directory lint types unit browser

lint: $(VENV)/.test ## ruff, and hadolint for the Dockerfile
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/hadolint Dockerfile

types: $(VENV)/.test ## mypy, strict
	$(BIN)/mypy

unit: $(VENV)/.test ## pytest without the pages (ARGS=...)
	$(BIN)/python -m pytest -n auto --ignore=tests/browser --ignore=tests/js $(ARGS)

browser: $(VENV)/.test ## pytest of the pages and their scripts in Chromium (ARGS=...)
	@tools/install-chromium $(BIN)/python
	$(BIN)/python -m pytest -n $(PAGES_AT_ONCE) --dist loadgroup tests/browser tests/js $(ARGS)

$(VENV)-bench/.installed: benchmarks/requirements.txt
	$(PYTHON) -m venv $(VENV)-bench && $(VENV)-bench/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

fuzz: $(VENV)/.test ## fuzz the formula and rule readers (SECONDS=60)
	@$(BIN)/python tools/fuzz_formulas.py $(SECONDS)

bench: $(VENV)-bench/.installed ## measure the engine beside torch, optax and C; writes docs/benchmarks.md
	@OPENBLAS_NUM_THREADS=1 $(VENV)-bench/bin/python -m benchmarks.engine

bench-server: $(VENV)/.test ## measure the server with real sockets: viewers, stalls, sweeps, restarts; writes docs/benchmarks.md (ARGS=one)
	@$(BIN)/python -m benchmarks.server $(ARGS)

bench-browser: $(VENV)/.test ## measure the pages in Chromium: bytes, first step, frames, regions, heap (ARGS="--minutes 10 --keep")
	@$(BIN)/python -m benchmarks.browser $(ARGS)
	@$(BIN)/python -m benchmarks.classify

lock: ## pin the dependencies anew
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet $(LOCK_TOOL)
	$(VENV)-lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements.lock
	$(VENV)-lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -c requirements.lock --extra test --extra redis pyproject.toml -o requirements-test.lock
	rm -rf $(VENV)-lock

clean: ## remove the virtual environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
