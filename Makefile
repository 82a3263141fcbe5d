# Every command sets up first; that takes a blink when nothing has changed.
PYTHON := .venv/bin/python
WORKERS ?= 3
# Where Python may not keep what it has compiled, each of the many processes would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench soak screenshots lock clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## make the virtual environment and get the system packages
	@sh .ci/setup

run: setup ## start the whole house with sample data, and print the addresses to open
	@$(PYTHON) -m e2e.house

test: lint ## lint, types, and every test
	@$(PYTHON) -m pytest -n $(WORKERS) --dist worksteal

lint: setup ## ruff, mypy, djlint
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m djlint templates --lint --quiet

bench: setup ## measure speed beside a floor taken in the same run
	@$(PYTHON) -m e2e.bench

soak: setup ## break everything at random for SOAK_SECONDS (60), from SEED on
	@$(PYTHON) -m e2e.soak

screenshots: setup ## take the pictures of the README again
	@$(PYTHON) -m e2e.screenshots

lock: ## resolve again after a change in pyproject.toml (needs uv)
	uv lock
	uv export --frozen --no-emit-project --no-annotate --no-header -q -o requirements.txt
	uv export --frozen --no-emit-project --no-annotate --no-header -q --extra dev -o requirements-dev.txt

clean: ## remove what tools have made, the virtual environment too
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
