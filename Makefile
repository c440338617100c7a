# `make up` and `make test` are all that a new user needs; each sets up what it uses.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HISTORIES ?= 2000
PYOD := .venv-pyod
DATACONTRACT := .venv-datacontract
DLT := .venv-dlt

.PHONY: help setup up down test soak fuzz bench bench-queries bench-validate bench-memory bench-cold bench-images bench-scale \
	bench-dashboard bench-concurrency screenshots quality-bench contracts lint types clean airflow deploy-aws deploy-gcp \
	destroy-aws destroy-gcp cost lint-infra

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.installed ## Install everything, pinned, into .venv

$(VENV)/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@echo "Installing what requirements.txt names ..."
	$(BIN)/pip install --quiet --disable-pip-version-check uv==0.13.9
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --requirement requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(BIN)/python -m local setup
	@touch $@

up: setup ## Start the platform and load the sample shop
	$(BIN)/python -m local up --detach
	$(BIN)/python -m local demo

down: ## Stop the platform; its data stays
	$(BIN)/python -m local down

test: setup ## Run every test, those in a real browser among them
	$(BIN)/python -m local setup --with-browser
	$(BIN)/python -m pytest

bench: setup $(DLT)/.installed ## From upload to queryable rows, beside COPY, dlt and pandas; OPTIONS="--rows 10000000"
	$(BIN)/python -m tests.benchmarks.throughput --rival-python $(DLT)/bin/python $(OPTIONS)

# What ours is compared with; nothing else here needs it.
$(DLT)/.installed: | setup
	$(PYTHON) -m venv $(DLT)
	$(BIN)/uv pip install --quiet --python $(DLT)/bin/python --constraint requirements.txt 'dlt[postgres]==1.31.0' pandas pyarrow pg8000 SQLAlchemy
	@touch $@

bench-concurrency: setup ## Loads at once, of different days and of the same
	$(BIN)/python -m tests.benchmarks.concurrency $(OPTIONS)

bench-queries: setup ## Time the queries that must prune; OPTIONS="--rows 50000000 --months 60"
	$(BIN)/python -m tests.benchmarks.query_timings $(OPTIONS)

bench-dashboard: setup ## Time the dashboard on ten million sales; OPTIONS="--home FOLDER" keeps them
	$(BIN)/python -m local setup --with-browser
	$(BIN)/python -m tests.benchmarks.dashboard_timings $(OPTIONS)

screenshots: setup ## Pictures of every page of the running dashboard, into screenshots/
	$(BIN)/python -m local setup --with-browser
	$(BIN)/python -m tests.dashboard.screenshots screenshots

quality-bench: setup $(PYOD)/.installed ## Find labelled errors in real sales, beside other detectors; SEED="1 2" FROM="0 50" DAYS=150 NEXT=50 DATA=folder
	$(BIN)/python -m tests.benchmarks.quality_bench --pyod $(PYOD)/bin/python $(if $(SEED),--seed $(SEED)) \
		$(if $(FROM),--from $(FROM)) $(if $(DAYS),--days $(DAYS)) $(if $(NEXT),--next $(NEXT)) $(if $(DATA),--data $(DATA))

# PyOD brings much that nothing else here needs.
$(PYOD)/.installed: | setup
	$(PYTHON) -m venv $(PYOD)
	$(BIN)/uv pip install --quiet --python $(PYOD)/bin/python pyod==3.6.7
	@touch $@

contracts: setup $(DATACONTRACT)/.installed ## Check every contract, also by datacontract-cli
	@for file in functions/contracts/*.yaml; do \
		$(BIN)/python -m local contract check $$file && $(DATACONTRACT)/bin/datacontract lint $$file || exit 1; \
	done

# The other tool for contracts of this standard; its many dependencies are no concern of the platform.
$(DATACONTRACT)/.installed: | setup
	$(PYTHON) -m venv $(DATACONTRACT)
	$(BIN)/uv pip install --quiet --python $(DATACONTRACT)/bin/python datacontract-cli==1.2.8
	@touch $@

bench-validate: setup ## What rejected rows cost, and how much memory a large file takes
	$(BIN)/python -m tests.benchmarks.validation

bench-memory: setup ## Peak memory of validate, score and transform for small and large files; OPTIONS="--ndjson"
	$(BIN)/python -m tests.benchmarks.memory $(OPTIONS)

bench-scale: setup ## 1, 2 and 4 of each function in containers, with the same checksum; OPTIONS="--days 5 --profiles gcp"
	$(BIN)/python -m tests.benchmarks.scale $(OPTIONS)

bench-cold: setup ## How long each function takes from nothing to its first event, and which imports that is
	$(BIN)/python -m tests.benchmarks.cold_processes $(OPTIONS)

bench-images: setup ## Build the images; tell their sizes and how fast each function starts
	$(BIN)/python -m tests.benchmarks.cold_starts

soak: SEED := $(or $(SEED),$(shell date +%s))
soak: setup ## Thousands of random histories, until one breaks; SEED= repeats one, HISTORIES= says how many
	@echo "Repeat this with: make soak SEED=$(SEED) HISTORIES=$(HISTORIES)"
	HISTORIES=$(HISTORIES) $(BIN)/python -m pytest --timeout=0 --hypothesis-seed=$(SEED) tests/warehouse/test_any_order.py

FUZZED := csv csv.gz gz json ndjson sheet xlsx parquet
SECONDS ?= 60

fuzz: setup ## Fuzz each reader, guided by coverage: SECONDS=60 each; what breaks one is kept in .fuzz/
	@for kind in $(FUZZED); do \
		$(BIN)/python -m tests.functions.fuzz_readers $$kind .fuzz -max_total_time=$(SECONDS) || exit 1; \
	done

lint: setup ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## Check types, strictly
	$(BIN)/mypy

NAME ?= eco

deploy-aws: ## Deploy to AWS: REGION=, and NAME= for another platform in the account
	infra/deploy-aws "$(REGION)" "$(NAME)"

deploy-gcp: ## Deploy to Google Cloud: PROJECT=, REGION=, NAME=
	infra/deploy-gcp "$(PROJECT)" "$(REGION)" "$(NAME)"

destroy-aws: ## Take down what deploy-aws made, and all data: REGION=, CONFIRM=
	infra/destroy aws -var "region=$(REGION)" -var "name=$(NAME)"

destroy-gcp: ## Take down what deploy-gcp made, and all data: PROJECT=, REGION=, CONFIRM=
	infra/destroy gcp -var "project=$(PROJECT)" -var "region=$(REGION)" -var "name=$(NAME)"

cost: setup ## What it costs a month, from figures measured here: infra/cost/measured.json
	$(BIN)/python infra/cost/estimate.py

lint-infra: .checkov/.installed ## Check the Terraform: format, and checkov's rules
	terraform fmt -check -recursive infra
	.checkov/bin/checkov --directory infra/aws --directory infra/gcp --framework terraform --compact --quiet

.checkov/.installed: | setup
	$(PYTHON) -m venv .checkov
	$(BIN)/uv pip install --quiet --python .checkov/bin/python checkov==3.3.30
	@touch $@

airflow: .airflow/.installed ## Install Airflow into .airflow, beside the platform and not into it

.airflow/.installed: infra/airflow/requirements.txt | setup
	$(PYTHON) -m venv .airflow
	$(BIN)/uv pip install --quiet --python .airflow/bin/python --requirement infra/airflow/requirements.txt
	@touch $@

clean: ## Delete the virtual environment and the data of the local stack
	test ! -x $(BIN)/python || $(BIN)/python -m local reset --yes
	rm -rf $(VENV) $(PYOD) $(DATACONTRACT) $(DLT) .airflow .checkov .fuzz
