# Firstwin. `make run` starts it, `make test` tests it; both do all their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
FIRSTWIN_PORT ?= 8000
export FIRSTWIN_PORT

.PHONY: setup run test check fast browser bench soak shots clean lock

setup: $(STAMP)

$(STAMP): requirements/dev.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Firstwin needs Python 3.11 or newer; set PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: setup
	@echo "Preparing the database…"
	@$(BIN)/firstwin migrate --verbosity 0
	@$(BIN)/firstwin demo --if-empty
	@$(BIN)/firstwin serve

# What must hold before anything is committed: lint, types, the house's contract, up-to-date migrations.
check: setup
	@$(BIN)/ruff check src tests bench
	@$(BIN)/ruff format --check --quiet src tests bench || (echo "Run: .venv/bin/ruff format src tests bench"; exit 1)
	@$(BIN)/mypy
	@PYTHONPATH=src $(BIN)/lint-imports --no-cache
	@FIRSTWIN_HOME=$$(mktemp -d) $(BIN)/firstwin makemigrations --check --dry-run

# Everything but the browser, on SQLite.
fast: setup
	@$(BIN)/python -m pytest -n auto -m "not browser and not slow"

browser: setup
	@$(BIN)/python -m pytest -m "browser and not slow"

# Everything, on both databases, with the browser.
test: check
	@$(BIN)/python -m tests.run_all

bench: setup
	@$(BIN)/python -m bench

# The long properties; a month of random life on PostgreSQL as well, where there is one.
LIVED := src/firstwin/signals/tests/test_lived_through.py

soak: setup
	@FIRSTWIN_MANY_EXAMPLES=1 $(BIN)/python -m pytest -m "slow or thorough"
	@FIRSTWIN_MANY_EXAMPLES=1 $(BIN)/python -m tests.postgres -- $(BIN)/python -m pytest -m thorough $(LIVED) \
	  || [ $$? -eq 3 ]

shots: setup
	@$(BIN)/python -m tests.shots

lock: setup
	@for name in base dev uv; do $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	  --no-header --no-annotate requirements/$$name.in -o requirements/$$name.txt; done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
