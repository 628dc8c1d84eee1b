# Calepin's commands. Each one sets up what it needs; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test check reset lock shell secrets bench
export CALEPIN_MODE ?= demo

# One simple command a target: make runs it without a shell in between, so that Ctrl-C and SIGTERM reach it.
bootstrap := @project/bin/bootstrap

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: ## Start a demonstration with everything embedded (PORT, HOST)
	$(bootstrap) run .venv/bin/python manage.py up

test: ## Run all tests on SQLite and PostgreSQL, browser journeys included (ARGS go to pytest)
	@env CALEPIN_NEEDS_BROWSER=1 project/bin/bootstrap dev project/bin/test $(ARGS)

check: ## Lint, types, layers, templates, migrations, translations, deployment settings
	$(bootstrap) dev project/bin/check

reset: ## Forget the demonstration: database, files, mailbox, secrets
	@project/bin/reset

shell: ## A Python prompt inside the demonstration
	$(bootstrap) run .venv/bin/python manage.py shell

secrets: ## Print new secrets for a production installation's .env
	$(bootstrap) run .venv/bin/python project/bin/secrets

lock: ## Resolve project/requirements/*.in into hash-locked files (ARGS=--upgrade)
	$(bootstrap) run project/bin/lock $(ARGS)

bench: project/bench/run.py ## Measure against the floors and the goals (ARGS go to the benchmark)
	$(bootstrap) dev .venv/bin/python project/bench/run.py $(ARGS)
