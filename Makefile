# Two commands: `make run PROMPT="…"` and `make test`. Both create the environment in .venv on first use.
PYTHON ?= python3
PROMPT ?= She is standing up straight. Both her arms are straight above her head.
OUT ?=
ARGS ?=
# e.g. PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu" for the small CPU build of torch on Linux
PIP_ARGS ?=

# Threads that spin while they wait stall everything on a machine that has other work to do.
export OMP_WAIT_POLICY ?= PASSIVE

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -c constraints.txt

.PHONY: run test judge pictures lint install clean

run: $(VENV)/.run
	$(BIN)/simplifiedclip generate "$(PROMPT)" $(if $(OUT),--out "$(OUT)") $(ARGS)

install: $(VENV)/.run

test: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check src tests benchmarks tools examples
	$(BIN)/ruff format --check src tests benchmarks tools examples
	$(BIN)/mypy

# A pretrained pose network (BlazePose) looks at renders; it needs numpy < 2, hence an environment of its own.
judge: $(VENV)/.dev .venv-judge/.done
	$(BIN)/python -m pytest -m judge tests/judge -s $(ARGS)

# The pictures of the README.
pictures: $(VENV)/.run
	$(BIN)/python examples/06_gallery.py docs/images

clean:
	rm -rf $(VENV) .venv-judge build dist .pytest_cache .mypy_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "simplifiedclip needs Python 3.10 or newer; name one with make PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing into $(VENV) (about a minute, once) …"
	@$(PIP) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Installing the test tools into $(VENV) …"
	@$(PIP) -e '.[dev]'
	@touch $@

.venv-judge/.done: tests/judge/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' || { echo "the judge (mediapipe 0.10.14) needs Python 3.10 to 3.12; name one with make judge PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv .venv-judge
	@.venv-judge/bin/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) --no-deps -r $<
	@touch $@
