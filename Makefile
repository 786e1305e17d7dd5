# Two commands matter: `make run` and `make test`. Both build the virtual environment first if it is not there.
VENV   ?= .venv
PYTHON ?= python3
BIN     = $(VENV)/bin

.PHONY: run test check format clean train-rhythm
.DEFAULT_GOAL = run

# pip, not uv: it reuses one build of torch and takes 3 GB less to download.
$(VENV)/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[separator,test]'
	touch $@

run: $(VENV)/.installed
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

# The rhythm splitter's weights, from Debian's sound fonts and our own synthesis alone. Needs a C++ compiler and
#   apt-get install fluidsynth fluid-soundfont-gm musescore-general-soundfont-lossless sonic-pi-samples
train-rhythm: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[training]'
	$(BIN)/python -m training all

clean:
	rm -rf $(VENV) build dist *.egg-info
