# Two commands: `make run` and `make test`. Everything else serves them.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export FLASK_APP := wsgi.py

.PHONY: run test check assets translations catalogue gallery audit clean

run: $(VENV)/.installed assets translations
	@PORT=$(PORT) $(BIN)/python -m marketplace.serve

# What was compiled for one run serves the next, also where the machine is told to keep nothing.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/.installed-dev assets translations
	$(BIN)/pytest -n 2 --no-loadscope-reorder
	$(BIN)/pytest -n 2 --no-loadscope-reorder --database=postgresql -m "not browser"

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --check --quiet
	$(BIN)/python tools/catalogue.py --check

assets: $(VENV)/.installed
	@$(BIN)/python tools/assets.py

# Compiled catalogues are made, never committed.
translations: translations/id/LC_MESSAGES/messages.mo

translations/id/LC_MESSAGES/messages.mo: translations/id/LC_MESSAGES/messages.po $(VENV)/.installed
	@$(BIN)/pybabel -q compile -d translations

# Bring new texts into the catalogue; what is new waits for its Indonesian words.
catalogue: $(VENV)/.installed-dev
	$(BIN)/python tools/catalogue.py

# Pictures of every page, and what Lighthouse says of the most used: both on the demo that `make run` loaded.
gallery audit: $(VENV)/.installed-dev assets translations
	$(BIN)/python -m tools.$@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make run PYTHON=...")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) node_modules static/vendor instance
