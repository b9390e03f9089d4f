# The two commands of the README. Each makes its own environment in .venv and needs nothing on the
# machine but Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test slow lint clean

demo: $(VENV)/.installed
	$(BIN)/seis run examples/01-one-liner.seis --out out
	@echo
	@echo "The catalogue is out/tremor.csv, the map out/tremor-map.png; above, what was found of what is true."
	@echo "The waves are simulated. More programs: examples/; the language: docs/language.md"

test: $(VENV)/.tested
	$(BIN)/python -m pytest

slow: $(VENV)/.tested
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.linted
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	find . -name '*.seis' -not -path './.venv/*' -not -path './tests/errors/*' -print0 | xargs -0 $(BIN)/seis fmt --check
	find examples stdlib -name '*.seis' -print0 | xargs -0 $(BIN)/seis check

clean:
	rm -rf $(VENV) out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache

# torch comes as its CPU build where the machine has no CUDA: see the README for a GPU.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	$(BIN)/python -m compileall -q seisdsl
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $@

$(VENV)/.linted: $(VENV)/.tested
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@
