# Two commands matter: `make run` and `make test`. Both build the virtual environment first if it is not there.
VENV   ?= .venv
PYTHON ?= python3
BIN     = $(VENV)/bin

.PHONY: run install test check format clean train-rhythm lock audit bandit release coverage
.DEFAULT_GOAL = run

# pip, not uv: it reuses one build of torch and takes 3 GB less to download.
INSTALL = $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable

# What it takes to run, without what the tests need.
$(VENV)/.runs: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(INSTALL) '.[separator,postgres]'
	touch $@

$(VENV)/.installed: $(VENV)/.runs
	$(INSTALL) '.[separator,test]'
	touch $@

install: $(VENV)/.runs

run: $(VENV)/.runs
	$(BIN)/stembot serve

# A file's tests stay together: many share a server or a database that is dear to start.
test: $(VENV)/.installed
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The rhythm splitter's weights, from Debian's sound fonts, our own synthesis and, with SAMPLES=DIR, recorded
# instruments (docs/models/rhythm.md). Needs a C++ compiler and
#   apt-get install fluidsynth fluid-soundfont-gm musescore-general-soundfont-lossless sonic-pi-samples
train-rhythm: $(VENV)/.installed
	$(INSTALL) '.[training]'
	$(BIN)/python -m training all $(if $(SAMPLES),--samples '$(SAMPLES)')

# Which lines no test runs. Twice as slow, so not part of `make test`.
coverage: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --cov bots --cov separator --cov storage $(ARGS)

$(VENV)/.release: $(VENV)/.installed
	$(INSTALL) '.[release]'
	touch $@

# Renew the versions that every install gets; read what changed before you commit it.
lock: $(VENV)/.release
	$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --all-extras --universal --python-version 3.11 \
	    --no-header --no-annotate --output-file constraints.txt

# Known holes in what we depend on; asks the package index, and fails where that does not tell.
audit: $(VENV)/.release
	$(BIN)/pip-audit --strict --requirement constraints.txt --no-deps --disable-pip

# A second pair of eyes beside ruff's S rules; what is left out, and why, stands in pyproject.toml.
bandit: $(VENV)/.release
	$(BIN)/bandit --quiet --configfile pyproject.toml --confidence-level medium --recursive bots separator storage

# The wheel, and for what a worker installs: a bill of materials and the licences.
release: $(VENV)/.release
	rm -rf dist build
	$(BIN)/python -m build --wheel --outdir dist
	$(BIN)/uv pip compile pyproject.toml --quiet --extra separator --extra postgres --extra models \
	    --constraint constraints.txt --no-header --no-annotate --output-file dist/requirements.txt
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-file dist/sbom.json dist/requirements.txt
	$(BIN)/pip-licenses --format markdown --output-file dist/licences.md \
	    --packages $$(sed 's/==.*//' dist/requirements.txt)

clean:
	rm -rf $(VENV) build dist *.egg-info
