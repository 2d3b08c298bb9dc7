# make demo and make test need only Python 3.11 or newer: they make their own
# virtual environment, in $(VENV), and install nothing outside it.
#
#   make test PYTHON=python3.12     another interpreter (the environment is remade)
#   make test VENV=/tmp/env         another place
#   make test ARGS='-k samples'     options for pytest

VENV   ?= .venv
PYTHON ?=
ARGS   ?=

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo test fuzz mutants bench lint golden clean

BIN := $(VENV)/bin
export PYTHONPATH := $(CURDIR)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:
	@echo 'make demo     differentiate a function, fit real data, check the gradient'
	@echo 'make test     run the tests'
	@echo 'make fuzz     random programs: N=1000 SEED=0 GROUPS=views,writes:2 WORKERS=2'
	@echo 'make mutants  break the compiler, see that the tests notice: N=200 SEED=0'
	@echo 'make bench    cost of the gradients, by NumPy and by Numba'
	@echo 'make lint     ruff and mypy'
	@echo 'make golden   write the golden files anew (then read the difference)'
	@echo 'make clean    remove the virtual environment and the caches'

demo: $(VENV)/.core
	@$(BIN)/python samples/linear_regression.py

# One BLAS thread for each worker, or the workers fight for the cores.
test: $(VENV)/.test
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto $(ARGS)

# One program is one seed: what fails prints the command that makes it again, small.
fuzz: $(VENV)/.test
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/fuzz/run.py \
	  -n $(or $(N),1000) --seed $(or $(SEED),0) --workers $(or $(WORKERS),2) \
	  $(if $(GROUPS),--groups $(GROUPS)) $(ARGS)

mutants: $(VENV)/.test
	@$(BIN)/python tests/mutants/run.py -n $(or $(N),200) --seed $(or $(SEED),0) \
	  --workers $(or $(WORKERS),2) $(ARGS)

bench: $(VENV)/.dev
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
	  $(BIN)/python tests/benchmarks/gradients.py $(ARGS)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
	  $(BIN)/python tests/benchmarks/compiled.py --large

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

golden: $(VENV)/.test
	@S2SAD_BLESS=1 $(BIN)/python -m pytest -q -k golden $(ARGS)

clean:
	@$(guard)
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the virtual environment ------------------------------------------------
#
# Each stamp stands for one set of dependencies and is made after the one
# before it, so that the targets work in any order and under make -j.

# An interpreter counts only if it runs: a pyenv shim may exist and still fail.
# Without ensurepip (Debian without python3-venv) the environment has no pip of
# its own, and the interpreter's pip installs into it.
define find_python
new='import sys; sys.exit(sys.version_info < (3, 11))'; \
py=''; \
for each in $(or $(PYTHON),python3.13 python3.12 python3.11 python3); do \
  if $$each -c "$$new" >/dev/null 2>&1; then py=$$each; break; fi; \
done; \
if [ -z "$$py" ]; then \
  echo 's2sad needs Python 3.11 or newer: none of these is one that runs:' \
    '$(or $(PYTHON),python3.13 python3.12 python3.11 python3)' >&2; \
  exit 2; \
fi
endef

define find_pip
pip="$(BIN)/python -m pip"; \
if ! $$pip --version >/dev/null 2>&1; then \
  $(find_python); pip="$$py -m pip --python $(BIN)/python"; \
fi
endef

# Another interpreter, asked for by name, makes the environment anew.
ifneq ($(PYTHON),)
ifneq ($(PYTHON),$(shell cat $(VENV)/.python 2>/dev/null))
.PHONY: anew
anew:
$(VENV)/.python: anew
endif
endif

# --clear empties the directory: never one that is not a virtual environment.
define guard
if [ -e $(VENV) ] && [ ! -e $(VENV)/pyvenv.cfg ] && ! rmdir $(VENV) 2>/dev/null; then \
  echo '$(VENV) is there and is not a virtual environment: left alone' >&2; \
  exit 2; \
fi
endef

$(VENV)/.python:
	@$(guard); $(find_python); \
	echo "making $(VENV) with $$($$py --version)"; \
	$$py -m venv --clear $(VENV) >/dev/null 2>&1 \
	  || $$py -m venv --clear --without-pip $(VENV); \
	echo '$(PYTHON)' >$@

$(VENV)/.core: $(VENV)/.python pyproject.toml
	@$(find_pip); echo 'installing s2sad'; \
	$$pip install --quiet --editable . && touch $@

$(VENV)/.test: $(VENV)/.core
	@$(find_pip); echo 'installing what the tests need'; \
	$$pip install --quiet --editable '.[test]' && touch $@

$(VENV)/.dev: $(VENV)/.test
	@$(find_pip); echo 'installing the tools of development'; \
	$$pip install --quiet --editable '.[dev]' && touch $@
