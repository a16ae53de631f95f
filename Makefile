# Everything a contributor runs. The first target that needs it makes the virtual environment.
#   make demo             the whole way on a sample project, offline, in seconds
#   make test             what a change has to pass
#   make VENV=… test      with an environment somewhere else

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test test-slow test-all lint types golden docs docs-pictures docs-check site coverage bench constraints wheel clean
.DEFAULT_GOAL := help

help:
	@echo 'make demo      show the whole way on a small sample project'
	@echo 'make test      run the tests'
	@echo 'make test-all  run the slow tests too'
	@echo 'make lint      ruff, check and format'
	@echo 'make types     mypy --strict'
	@echo 'make golden    run the fixtures of every codemod'
	@echo 'make docs      write the generated pages and pictures of docs/'
	@echo 'make site      build the documentation site in site/'
	@echo 'make docs-pictures  draw all pictures of docs/review.md anew (needs chromium)'
	@echo 'make coverage run the seed findings on the audited project, for docs/coverage.md'
	@echo 'make bench     what takes how long, against what everybody knows (fetches two code bases)'

# Keyed by what decides the environment's content: a changed pin or dependency installs again.
$(STAMP): pyproject.toml constraints.txt
	@test -n '$(PYTHON)' || { echo 'make: Python 3.11 or newer is needed' >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,lint]'
	@touch $@

demo: $(STAMP)
	@$(BIN)/autofix demo
	@echo; echo 'The bot, on the forge of the tests:'
	@$(BIN)/python -m tests.bot.story

test: $(STAMP)
	$(BIN)/python -m pytest -n auto

test-slow: $(STAMP)
	$(BIN)/python -m pytest -n auto -m slow

test-all: $(STAMP)
	$(BIN)/python -m pytest -n auto -m ''

golden: $(STAMP)
	$(BIN)/python -m pytest -m '' tests/test_fixtures.py

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

docs: $(STAMP)
	$(BIN)/python docs/generate.py

# Needs Debian's chromium and chromium-driver.
docs-pictures: $(STAMP)
	$(BIN)/python docs/pictures.py

docs-check: $(STAMP)
	$(BIN)/python docs/generate.py --check

# Offline; what leads nowhere ends it.
site: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo 'site/index.html'

# Needs a clone of the audited project: make coverage AUDITED=… REPORTS=…
coverage: $(STAMP)
	@test -n '$(AUDITED)' -a -n '$(REPORTS)' || { echo 'make coverage AUDITED=clone of the audited project REPORTS=folder of its reports' >&2; exit 1; }
	$(BIN)/python docs/coverage.py --repository '$(AUDITED)' --reports '$(REPORTS)'

bench: $(STAMP)
	$(BIN)/python benchmarks/scanning.py
	$(BIN)/python benchmarks/commands.py

wheel: $(STAMP)
	rm -rf build dist
	$(BIN)/python -m build --wheel --outdir dist .
	$(BIN)/python .ci/wheel_files.py dist/*.whl

# `sed` drops the editable install itself: it has an address.
constraints: $(STAMP)
	@{ echo '# What the tests of this commit ran with. `make constraints` writes this file anew.'; \
	  $(BIN)/python -m pip freeze --exclude-editable | sort -f; } > constraints.new
	@mv constraints.new constraints.txt

clean:
	rm -rf build dist site .venv ./*.egg-info
