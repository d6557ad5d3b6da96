# Each target sets up what it needs in .venv; nothing else is to be installed by hand.
PYTHON ?= python3
export PYTHON
BIN := .venv/bin
OLDEST := .venv-oldest
RIVALS := .venv-rivals
# One thread a process: the tests and folds run side by side.
SINGLE := OMP_NUM_THREADS=1

.PHONY: demo test test-slow test-oldest coverage lint docs bench attack clean

demo: .venv/.set-up-cli
	$(BIN)/skfer evaluate --dataset synthetic --set n_subjects=12 \
		--method pixel-1nn --method gabor-svm --method cspp --split both --folds 3 --jobs 2 \
		--out demo-report --overwrite

test: .venv/.set-up-test
	$(SINGLE) $(BIN)/pytest -n 2 -q

test-slow: .venv/.set-up-test-slow
	$(SINGLE) $(BIN)/pytest -n 2 -q -m slow

coverage: .venv/.set-up-test
	$(SINGLE) $(BIN)/pytest -n 2 -q --cov --cov-report=term --cov-fail-under=95

# The lowest versions that pyproject.toml claims, in an environment of their own. They warn of newer
# versions of what they use themselves.
test-oldest: $(OLDEST)/.set-up
	$(SINGLE) $(OLDEST)/bin/pytest -n 2 -q -W ignore::DeprecationWarning

lint: .venv/.set-up-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/.set-up-docs
	$(BIN)/sphinx-build -W -b html docs docs/_build/html

# The rivals are installed once, each group in an environment of its own; the run takes 15 minutes.
bench: .venv/.set-up-test $(RIVALS)/.set-up
	$(BIN)/python -m benchmarks.run --out benchmarks/results/benchmarks.json
	$(BIN)/python -m benchmarks.page

$(RIVALS)/.set-up: benchmarks/rivals/install.py constraints.txt
	$(BIN)/python -m benchmarks.rivals.install
	touch $@

# Hostile files, kills and full disks at full size; the tests run some of each.
attack: .venv/.set-up-test
	$(SINGLE) $(BIN)/python -m benchmarks.attack

clean:
	rm -rf .venv $(OLDEST) $(RIVALS) demo-report docs/_build docs/auto_examples docs/generated

.venv/.set-up-%: pyproject.toml constraints.txt .ci/setup
	.ci/setup $*
	touch $@

$(OLDEST)/.set-up: pyproject.toml .ci/oldest .ci/setup
	mkdir -p $(OLDEST)
	$(PYTHON) .ci/oldest > $(OLDEST)/constraints.txt
	VENV=$(OLDEST) CONSTRAINTS=$(OLDEST)/constraints.txt .ci/setup test
	touch $@
