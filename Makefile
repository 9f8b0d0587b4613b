# Everything here works from nothing but Python 3.11+, git and make: each target first makes its own .venv.
# Another interpreter: make test PYTHON=python3.13

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# Arguments of one's own: make test ARGS="-k parser", make demo ARGS="--documents ../folder"
ARGS ?=

.PHONY: help demo test components lint format docs bench prove clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

demo: $(VENV)/ready ## crawl, archive, parse and check the bundled sample portals
	@$(BIN)/gicrawl demo $(ARGS)

test: $(VENV)/ready-dev ## the whole test suite, listing what it skipped and why
	@$(BIN)/python -m pytest -n auto $(ARGS)

components: ## pywb, nginx, Chromium and LibreOffice, for the tests that ask them (apt and root)
	@PYTHON="$(PYTHON)" .ci/components

lint: $(VENV)/ready-dev ## ruff, mypy --strict and the import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/ready-dev ## let ruff lay out the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

docs: $(VENV)/ready ## write the commands' help into docs/cli.md
	@$(BIN)/python docs/write_help.py

bench: $(VENV)/ready-dev ## the measurements of benchmarks/, each against a plain yardstick
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	@$(BIN)/python benchmarks/parse.py $(ARGS)
	@$(BIN)/python benchmarks/crawl.py $(ARGS)
	@$(BIN)/python benchmarks/archive.py

prove: $(VENV)/ready-dev ## the long proofs, their figures in docs/proofs/ (three quarters of an hour; goes on where it was stopped)
	@$(BIN)/python tests/prove/crawl_kills.py --kills 20 --apart 20 --to docs/proofs/crawl-kills.json $(ARGS)
	@$(BIN)/python tests/prove/nightly_kills.py --rounds 3 --to docs/proofs/nightly-kills.json
	@$(BIN)/python tests/prove/manners.py --portals 50 --to docs/proofs/manners.json
	@$(BIN)/python tests/prove/proving_ground.py --to docs/proofs/proving-ground.json
	@$(BIN)/python tests/prove/strangers.py --seeds 1-3 --count 40 --to docs/proofs/strangers.json
	@$(BIN)/python tests/prove/parse_damage.py --seeds 0-3
	@$(BIN)/python tests/prove/check_slips.py --seeds 300 --to docs/proofs/check-slips.json
	@$(BIN)/python tests/prove/reader_fuzz.py --numbers 0-1000 --workers 2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group prove
	@$(BIN)/python tests/prove/round_trip.py --seeds 0-200 --rounds 8 --minutes 25 --foreign 0-4 --workers 2 --pin
	@$(BIN)/python tests/prove/ocr_pages.py --seeds 0-4 || test $$? -eq 77 # 77: without Chromium or the extra ocr
	@$(BIN)/python tests/prove/round_trip_calibrate.py --shared ../shared
	@$(BIN)/python benchmarks/accuracy.py
	@$(BIN)/python tests/prove/archive_kills.py --to docs/proofs/archive-kills.json
	@# 77: not to be tried on this machine, which says why
	@$(BIN)/python tests/prove/power_loss.py --to docs/proofs/power-loss.json || test $$? -eq 77
	@$(BIN)/python tests/prove/full_disk.py --to docs/proofs/full-disk.json || test $$? -eq 77
	@$(BIN)/python tests/prove/flipped_bits.py --to docs/proofs/flipped-bits.json

clean: ## remove the environment and every cache, never an archive
	rm -rf $(VENV) .venv-pywb .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find gicrawl spiders tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/pip:
	@if [ -z "$(PYTHON)" ]; then \
		echo "gicrawl needs Python 3.11 or newer and found none: install one, or name it: make PYTHON=/path/to/python3" >&2; \
		exit 3; fi
	@echo "making $(VENV) with $(PYTHON)" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@# --group needs pip 25.1
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/ready: $(VENV)/pip pyproject.toml
	@echo "installing gicrawl into $(VENV)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/tools: $(VENV)/ready
	@echo "installing the developers' tools into $(VENV)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

$(VENV)/apart: $(VENV)/pip pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target $(VENV)/pandas --group pandas
	@touch $@

$(VENV)/ready-dev: $(VENV)/tools $(VENV)/apart
	@touch $@
