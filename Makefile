# `make demo` and `make test` start from a bare machine: they set up .venv by themselves the first time.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
BIN := .venv/bin
PINS := pyproject.toml constraints.txt scripts/setup.sh

# One renderer thread per process: two workers on two cores are then twice as fast as one, and pixels stay the same.
export LP_NUM_THREADS ?= 1

.PHONY: help demo test test-judge lint bench pins clean

help: ## What can be made
	@awk -F ': .*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/ready ## A small verified dataset in demo-lake/, and a page to look at it
	$(BIN)/gsi-ray demo --lake demo-lake

# Two processes, each with a Ray of its own for the files that need one; the longest files come first by their names.
test: .venv/ready-dev ## Every test but those with a real vLLM
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --ignore tests/vllm

test-judge: .venv-judge/ready ## The tests with a real vLLM, on the CPU
	.venv-judge/bin/python -m pytest tests/vllm

lint: .venv/ready-dev ## Style, types, and which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready ## How fast, and where the time goes
	$(BIN)/python -m benchmarks

pins: ## Choose the newest versions that fit pyproject.toml, and write them to constraints.txt
	rm -rf .venv-pins && python3 -m venv .venv-pins
	.venv-pins/bin/pip install --quiet hatchling editables '.[dev]'
	.venv-pins/bin/pip freeze --exclude gsi-ray | sed 's/+cpu$$//' > constraints.txt
	rm -rf .venv-pins
	rm -f constraints-judge.txt && touch constraints-judge.txt && scripts/setup-judge.sh
	.venv-judge/bin/pip freeze --exclude gsi-ray | sed 's/+cpu$$//' > constraints-judge.txt

clean: ## Remove .venv, .venv-judge, caches and the demo's lake
	rm -rf .venv .venv-judge demo-lake dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/ready: $(PINS)
	@scripts/setup.sh
	@touch $@

.venv/ready-dev: $(PINS)
	@scripts/setup.sh dev
	@touch .venv/ready $@

.venv-judge/ready: pyproject.toml constraints-judge.txt scripts/setup-judge.sh scripts/torchvision_on_cpu.py
	@scripts/setup-judge.sh
	@touch $@
