# Every target does its own set-up; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
PEERS_VENV ?= .venv-peers
DOCS_VENV ?= .venv-docs
DATA_DIR ?= data
# The folder of UCI's adult.data and adult.test.
ADULT_DIR ?= data
RUN_DIR ?= runs/mnist
QUICK_RUN_DIR ?= runs/quick
AUDIT_DIR ?= runs/audit
# The command that `make package` tries with the installed wheel.
PACKAGE_RUN ?= quick
# Files with long tests come first, so that no process runs them alone at the end.
LONG_TESTS := $(addprefix tests/,replay models run/test_table_run.py \
	run/test_training.py papers/test_compute.py run/test_guided_run.py \
	papers/test_cells.py run/stages run/callbacks run/test_baselines.py \
	run/test_rehearsal.py privacy/ghost)

BIN := $(VENV)/bin
RUN := $(BIN)/python -m dpgan_tf
TABLE := $(RUN) table --data_dir=$(DATA_DIR)
FIGURE := $(RUN) figure --data_dir=$(DATA_DIR)
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PEERS_READY := $(PEERS_VENV)/.ready
DOCS_READY := $(DOCS_VENV)/.ready
PYTEST := TF_CPP_MIN_LOG_LEVEL=2 $(BIN)/python -m pytest -q
BENCH := TF_CPP_MIN_LOG_LEVEL=2 $(BIN)/python -m benchmarks.run

.PHONY: help setup data data-fashion utility utility-cifar10 quick mnist test test-slow faults fuzz lint format docs \
	tensorboard report bench bench-quick bench-run unseen clean \
	audit replay mutants package photos ehr-data ehr table_ehr adult-data table_adult \
	table2 table3 table5 table6 table7 table8 table10 \
	ppgan_fig2 ppgan_fig3 ppgan_fig4 ppgan_fig5

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9_-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' \
		$(MAKEFILE_LIST)

setup: $(READY)  ## Create .venv with the pinned requirements; GPU=1 adds CUDA

$(READY): requirements.txt requirements-dev.txt requirements-tables.txt \
		requirements-gpu.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "make: expected Python 3.11, found" \
		"$$($(PYTHON) --version); use make PYTHON=/path/to/python3.11" >&2; \
		exit 2; }
	@echo "Setting up $(VENV): once, takes a few minutes" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install -r requirements.txt -r requirements-dev.txt \
		-r requirements-tables.txt $(if $(GPU),-r requirements-gpu.txt) -c constraints.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

data: $(READY)  ## Fetch MNIST into data/, or use an existing copy
	@$(RUN) prepare-data --dataset=mnist --data_dir=$(DATA_DIR)

photos: $(READY)  ## Train on colour patches of photographs
	@$(RUN) prepare-data --dataset=sample_photos --size=48 \
		--data_dir=$(DATA_DIR)
	$(RUN) train --preset=photos_48 \
		--run_dir=runs/photos_48 --data_dir=$(DATA_DIR)

ehr-data: $(READY)  ## Simulate 46,520 patients in MIMIC-III's format (10 s)
	@$(RUN) prepare-data --dataset=simulated_ehr --data_dir=$(DATA_DIR)

ehr: ehr-data  ## Train on health records at epsilon 1 and release (8 min)
	$(RUN) train simulated_ehr --epsilon=1 --run_dir=runs/ehr \
		--data_dir=$(DATA_DIR)

mnist: data  ## Train dp-GAN on MNIST at epsilon 4 and release it (30 min)
	$(RUN) train --preset=mnist --run_dir=$(RUN_DIR) --data_dir=$(DATA_DIR)

data-fashion: $(READY)  ## Fetch FashionMNIST, or say where to get it
	@$(RUN) prepare-data --dataset=fashion_mnist --data_dir=$(DATA_DIR)

quick: data  ## Train on MNIST at epsilon 4 in two minutes, and release it
	$(RUN) quick --run_dir=$(QUICK_RUN_DIR) --data_dir=$(DATA_DIR)

# Two processes with one thread each; more threads would wait for each other.
test: $(READY)  ## Run the tests (10 min)
	TF_NUM_INTRAOP_THREADS=1 OMP_NUM_THREADS=1 $(PYTEST) -m "not slow" \
		-n 2 --dist loadfile --no-loadscope-reorder $(LONG_TESTS) tests

test-slow: $(READY)  ## Run the tests that `make test` leaves out (20 min)
	$(PYTEST) -m slow -n 2 --dist loadfile tests

# The same command continues where it stopped; FUZZ_FLAGS=--seed=1 for others.
fuzz: $(READY)  ## Give every parser 100,000 altered files (20 min)
	TF_CPP_MIN_LOG_LEVEL=3 TF_NUM_INTRAOP_THREADS=1 OMP_NUM_THREADS=1 \
		$(BIN)/python -m tests.fuzz $(FUZZ_FLAGS)

faults: $(READY)  ## Fail at every file operation (hours; can be resumed)
	$(BIN)/python -m tests.faults.run $(FAULTS_FLAGS)

# What was killed stays in build/mutants; MUTANTS_FLAGS=--resume goes on.
mutants: $(READY)  ## Break the code in 300 ways; tests must see it (30 min)
	TF_NUM_INTRAOP_THREADS=1 OMP_NUM_THREADS=1 \
		$(BIN)/python -m tests.mutants $(MUTANTS_FLAGS)

# What was run stays in build/replay until the code changes.
replay: $(READY)  ## Replay every kind of release on neighbours (hours)
	$(BIN)/python -m tests.replay.run $(REPLAY_FLAGS)

# One audit takes minutes; it reads no record, and is charged to nothing.
audit: $(READY)  ## Measure lower bounds of epsilon; convict faults (10 min)
	$(RUN) audit --self_test --output=$(AUDIT_DIR) $(AUDIT_FLAGS)
	for epsilon in 1 4 10; do \
		$(RUN) audit --preset=mnist --epsilon=$$epsilon $(AUDIT_FLAGS) \
			--output=$(AUDIT_DIR)/mnist_$$epsilon || exit; done

lint: $(READY)  ## Check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)  ## Format the code and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# No page of the site, and no step that makes it, asks the network for anything.
docs: $(DOCS_READY)  ## Build the documentation into site/ (10 s)
	NO_MKDOCS_2_WARNING=1 $(DOCS_VENV)/bin/mkdocs build
	@echo "The site: open site/index.html; with search:" \
		"python3 -m http.server --directory=site" >&2

$(DOCS_READY): requirements-docs.txt constraints-docs.txt
	@echo "Setting up $(DOCS_VENV): once, takes a minute" >&2
	@test -x $(DOCS_VENV)/bin/python || $(PYTHON) -m venv $(DOCS_VENV)
	@$(DOCS_VENV)/bin/python -m pip --quiet --disable-pip-version-check \
		install -r requirements-docs.txt -c constraints-docs.txt
	@touch $@

tensorboard: $(READY)  ## Show all runs at http://localhost:6006
	$(BIN)/tensorboard --logdir=runs

report: $(READY)  ## Write one HTML page about the run of `make mnist`
	$(RUN) report --run_dir=$(RUN_DIR)

table2: data  ## Table 2: Inception scores on MNIST (hours)
	$(TABLE) --number=2 $(TABLE_FLAGS)

table6: data  ## Table 6: semi-supervised classification (hours)
	$(TABLE) --number=6 $(TABLE_FLAGS)

table7: $(READY)  ## Table 7: allowed iterations and their true cost
	$(TABLE) --number=7

table8: data  ## Table 8: effect of each strategy (hours)
	$(TABLE) --number=8 $(TABLE_FLAGS)

adult-data: $(READY)  ## Prepare UCI Adult from your copy in ADULT_DIR
	@test -f $(DATA_DIR)/adult/columns.txt || $(RUN) prepare-data \
		--dataset=adult --source=$(ADULT_DIR) --data_dir=$(DATA_DIR)

table_adult: adult-data  ## UCI Adult at four budgets, beside other methods
	$(TABLE) --number=adult $(TABLE_FLAGS)

table_ehr: ehr-data  ## Health records compared with DP marginals (an hour)
	$(TABLE) --number=ehr $(TABLE_FLAGS)

utility: data data-fashion  ## Utility of private samples (hours; resumable)
	$(TABLE) --number=utility_mnist $(TABLE_FLAGS)
	$(TABLE) --number=utility_fashion_mnist $(TABLE_FLAGS)

# CIFAR-10 must lie in DATA_DIR; without it the command says how to get it.
utility-cifar10: $(READY)  ## The same of CIFAR-10 (an hour)
	$(TABLE) --number=utility_cifar10 $(TABLE_FLAGS)

table3: $(READY)  ## Table 3: scores without labels; needs CelebA and LSUN
	$(TABLE) --number=3 $(TABLE_FLAGS)

table5: $(READY)  ## Table 5: semi-supervised classification; needs LSUN
	$(TABLE) --number=5 $(TABLE_FLAGS)

table10: $(READY)  ## Table 10: strategies without labels; needs CelebA
	$(TABLE) --number=10 $(TABLE_FLAGS)

ppgan_fig2: data  ## PPGAN, Figure 2: samples at four budgets (an hour)
	$(FIGURE) --name=$@ $(TABLE_FLAGS)

ppgan_fig3: data  ## PPGAN, Figure 3: losses with and without privacy
	$(FIGURE) --name=$@ $(TABLE_FLAGS)

ppgan_fig4: data  ## PPGAN, Figure 4: generate scores at four budgets
	$(FIGURE) --name=$@ $(TABLE_FLAGS)

ppgan_fig5: data  ## PPGAN, Figure 5: its rivals at epsilon 10 (an hour)
	$(FIGURE) --name=$@ $(TABLE_FLAGS)

bench: data $(PEERS_READY)  ## Speed and memory, with PyTorch and JAX (hours)
	$(BENCH) --full --data_dir=$(DATA_DIR) \
		--peers_python=$(PEERS_VENV)/bin/python $(BENCH_FLAGS)

bench-quick: $(READY)  ## Compare private and non-private steps (3 min)
	$(BENCH) --quick $(BENCH_FLAGS)

bench-run: data  ## Time a quick run, stage by stage, with its accuracy (4 min)
	$(BENCH) --kinds=run --data_dir=$(DATA_DIR) \
		--out=benchmarks/results/run.json $(BENCH_FLAGS)

$(PEERS_READY): benchmarks/requirements.txt
	@echo "Setting up $(PEERS_VENV): once, takes a minute" >&2
	@test -x $(PEERS_VENV)/bin/python || $(PYTHON) -m venv $(PEERS_VENV)
	@$(PEERS_VENV)/bin/python -m pip --quiet --disable-pip-version-check \
		install -r benchmarks/requirements.txt
	@touch $@

# Needs no .venv: the wheel has a clean environment in a temporary folder.
# What was computed stays in build/unseen; the same command goes on.
unseen: data  ## Try recipe auto on changed MNIST (many hours; resumable)
	TF_CPP_MIN_LOG_LEVEL=2 $(BIN)/python -m benchmarks.unseen \
		--data_dir=$(DATA_DIR) $(UNSEEN_FLAGS)

package:  ## Build the wheel, then train and verify with it alone (5 min)
	@PYTHON="$(PYTHON)" DATA_DIR="$(DATA_DIR)" .ci/package $(PACKAGE_RUN)

clean:  ## Remove .venv and caches; keeps data/ and runs/
	rm -rf $(VENV) $(PEERS_VENV) $(DOCS_VENV) site build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache \
		.hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
