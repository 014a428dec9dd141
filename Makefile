# make ask Q="What helps with panic attacks?"   a cited answer, from nothing
# make test                                     all tests, from nothing
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: help ask index test corpus lint types floors bench

PYTHON ?= python3
ENVIRONMENT := $(PYTHON) .ci/environment.py
BIN := .venv/bin
INDEXES := $(or $(RAG_INDEX_DIR),indexes)
BUILT := $(INDEXES)/.built-from-corpus
# The line coverage below which `make test` fails, in percent.
COVERAGE := 93
# Test files that run at the same time; each process has indexes and a Neo4j of its own.
JOBS ?= 2

# The question reaches the shell through the environment, so that no character of it is special.
export QUESTION = $(value Q)
export HF_HUB_OFFLINE := 1

help:
	@sed -n 's/^# make/make/p' Makefile

ask:
	@[ -n "$$QUESTION" ] || { echo 'usage: make ask Q="What helps with panic attacks?"' >&2; exit 2; }
	@$(ENVIRONMENT) service
	@$(MAKE) --no-print-directory index
	@$(BIN)/rag ask -- "$$QUESTION"

# Builds when there is no index, or when the corpus or the code that reads it is newer.
index:
	@$(ENVIRONMENT) service
	@if [ ! -s $(INDEXES)/CURRENT ] || [ ! -e $(BUILT) ] \
	  || [ -n "$$(find corpora/documents -newer $(BUILT) -print -quit)" ] \
	  || [ -n "$$(find rag/ingest rag/index rag/encoders -name '*.py' -newer $(BUILT) -print -quit)" ]; \
	then mkdir -p $(INDEXES) && touch $(BUILT).new && $(BIN)/rag build && mv $(BUILT).new $(BUILT); fi

test:
	@$(ENVIRONMENT) service models llm neo4j dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --cov=rag \
	  --cov=knowledge_graph --cov-report=term:skip-covered --cov-fail-under=$(COVERAGE) $(ARGS)

# The shipped documents, their catalogue and the crisis lines against docs/corpus.md. With
# SOURCES=FOLDER also: no sentence copied from the texts there.
corpus:
	@$(ENVIRONMENT) service
	$(BIN)/rag corpus check $(if $(SOURCES),--sources "$(SOURCES)")

lint:
	@$(ENVIRONMENT) service models llm neo4j dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	@$(ENVIRONMENT) service models llm neo4j dev
	$(BIN)/mypy

floors:
	@$(ENVIRONMENT) service models llm neo4j dev
	$(BIN)/lint-imports

# These want arguments: run them by hand.
ASKED := bench/ingest_sample.py bench/vetting.py
# Speed and memory, each beside its baseline. Wants a quiet machine.
bench:
	@$(ENVIRONMENT) service models llm neo4j dev
	@for script in $(filter-out $(ASKED),$(wildcard bench/[a-z]*.py)); do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done
