# Brève's commands; `make help` lists them.
#
#   PYTHON       interpreter that makes the virtual environment (3.11 or newer)
#   VENV         where that environment lies
#   TORCH_INDEX  extra package index for PyTorch; only `make test` and `make check` install PyTorch
#   ARTICLE      for `make brief`: a text or HTML file, or - for standard input
#   SEED         for `make brief` without ARTICLE: a sample article of seeds/
#   MINUTES      for `make soak`: how long
#   TESTS        for `make test`: what pytest runs, options included

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

ifndef PYTHON
PYTHON := $(shell for each in python3.11 python3 python3.12 python3.13; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$each"; break; }; done)
endif
VENV ?= .venv
TORCH_INDEX ?=
ARTICLE ?=
SEED ?= ligne-brive-aurillac
MINUTES ?= 30
TESTS ?=
export ARTICLE

BIN := $(VENV)/bin
BREVE := $(BIN)/breve
# The build's warning about editable installations says nothing that a user could act on.
INSTALL := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --constraint requirements.lock \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

# An environment is as old as the files that say what belongs into it: another checksum, another stamp.
STATE := $(firstword $(shell cat pyproject.toml requirements.lock | cksum))
CORE := $(VENV)/.core-$(STATE)
DEV := $(VENV)/.dev-$(STATE)

seed = $(BIN)/python -c 'import json, sys; print(json.load(open(sys.argv[1], encoding="utf-8"))[sys.argv[2]])' seeds/$(SEED).json

.NOTPARALLEL:
.PHONY: help brief test serve check bench load soak docs readme lock wheels weights clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

brief: $(CORE) weights ## print the briefs of a sample article, or of ARTICLE=path (- is standard input)
	@if [[ -n $$ARTICLE ]]; then $(BREVE) brief "$$ARTICLE"; \
	elif [[ ! -f seeds/$(SEED).json ]]; then echo "There is no seeds/$(SEED).json" >&2; exit 1; \
	else $(seed) text | $(BREVE) brief - --title "$$($(seed) title)"; fi

test: $(DEV) weights ## run every test
	@$(BIN)/python -m pytest $(TESTS)

serve: $(CORE) weights ## serve on http://127.0.0.1:8000
	@exec $(BREVE) serve

check: $(DEV) ## lint, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy service models
	@# The tests' folders are no packages, and each has a conftest: one run for each.
	@for folder in unit api model bench; do MYPYPATH=tests $(BIN)/mypy tests/$$folder; done

bench: $(DEV) weights ## time briefs here: cold, from the cache, start-up, memory
	@$(BIN)/python tests/bench/briefs.py
	@$(BIN)/python tests/bench/translation.py

load: $(DEV) weights ## put the server under load and count what became of each request
	@$(BIN)/python tests/bench/load.py

soak: $(DEV) weights ## serve for MINUTES under a mixed load and show whether memory grows
	@$(BIN)/python tests/bench/soak.py --minutes $(MINUTES)

docs: $(CORE) ## write the generated pages and the API's description anew
	@$(BIN)/python -m service.documentation
	@$(BIN)/python -m service.http.publish

readme: $(CORE) weights ## write the examples in README.md anew, from what the product answers
	@$(BIN)/python docs/readme_examples.py

lock: $(BIN)/python ## pin anew what pyproject.toml asks for; LOCK_OPTIONS=--upgrade takes newer versions
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --extra dev \
		--no-annotate --custom-compile-command "make lock" $(LOCK_OPTIONS) --output-file requirements.lock pyproject.toml

wheels: $(BIN)/python ## check that every package of the service has a wheel for amd64 and for arm64
	@$(BIN)/python deploy/check_wheels.py

weights: $(CORE)
	@$(BREVE) prepare </dev/null

clean: ## remove the environment and what tools left; weights and cache stay in BREVE_HOME
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $$("$(PYTHON)" --version)" >&2
	@"$(PYTHON)" -m venv $(VENV)
	@$@ -m pip install --quiet 'pip>=23.1' </dev/null

$(CORE): | $(BIN)/python
	@echo "Installing Brève into $(VENV)" >&2
	@$(INSTALL) --editable . </dev/null
	@rm -f $(VENV)/.core-* $(VENV)/.dev-*
	@touch $@

$(DEV): | $(BIN)/python
	@echo "Installing Brève and what its tests need into $(VENV)" >&2
	@$(INSTALL) --editable '.[dev]' </dev/null
	@rm -f $(VENV)/.core-* $(VENV)/.dev-*
	@touch $(CORE) $@
