# Two commands matter: `make run` and `make test`. Each sets up what it needs.
SHELL := /bin/bash
GO    ?= go
export CGO_ENABLED := 0

TOOLS := .cache/tools
ZONE  ?= var/demo
ADDR  ?= 127.0.0.1:8086

.PHONY: help setup build run test mariadb lint fmt bench bench-peers faults clients docs shots sbom audit dist clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: node_modules/.package-lock.json dashboard/static/vendor/.done ## fetch the engine library, the front-end parts and the fonts (npm ci)

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

dashboard/static/vendor/.done: node_modules/.package-lock.json $(wildcard cmd/web/*.go cmd/web/*.js dashboard/static/js/*.js dashboard/fonts/subset.go)
	$(GO) run ./cmd/web
	@touch $@

build: setup ## build bin/yanzhen
	$(GO) build -o bin/yanzhen ./cmd/yanzhen

run: build ## write the demo zone's files, load them on a clock, serve the pages (ADDR=, ZONE=)
	bin/yanzhen serve --demo --dir $(ZONE) --listen $(ADDR)

test: setup ## every test, on the real engine and a real browser; what is skipped is told at the end
	$(GO) run ./cmd/browser
	$(GO) run ./cmd/suite -timeout=30m ./...

mariadb: ## a MariaDB server for the tests of sources, from Debian's packages, into .cache; nothing is installed
	mkdir -p .cache/mariadb && cd .cache/mariadb && apt-get download mariadb-server-core liburing2 libaio1 && for f in *.deb; do dpkg -x $$f . && rm $$f; done

$(TOOLS)/.done: .ci/tools/go.mod .ci/tools/go.sum
	cd .ci/tools && $(GO) build -o ../../$(TOOLS)/ honnef.co/go/tools/cmd/staticcheck mvdan.cc/gofumpt
	@touch $@

lint: setup $(TOOLS)/.done ## go vet, staticcheck, gofmt, gofumpt, tidy go.mod; what is large
	@bad=$$(gofmt -l $$(git ls-files '*.go'); $(TOOLS)/gofumpt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "not gofumpt-ed (make fmt):"; echo "$$bad"; exit 1; }
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(TOOLS)/staticcheck ./...
	$(GO) test -count=1 -v -run '^TestShape$$' ./cmd/yanzhen
	$(GO) test -count=1 -v -run '^TestLibrary$$' ./dashboard/board/draw

fmt: $(TOOLS)/.done ## format every Go file
	$(TOOLS)/gofumpt -w $$(git ls-files '*.go')

BENCH ?= -times 5 -readers 15s -starts 5
bench: build ## measure starting, loading, pages and readers, the engine itself beside them; figures in bin/bench.json, by the last recorded ones (BENCH=flags)
	$(GO) run ./cmd/bench $(BENCH) -json bin/bench.json -against docs/bench.json

PEERS := .cache/peers
bench-peers: build ## load the same text and workbook by DuckDB, chdb, polars, pandas, dlt, calamine, openpyxl and by us (python3)
	test -x $(PEERS)/bin/python || python3 -m venv $(PEERS)
	$(PEERS)/bin/pip install -q duckdb==2.0.1 chdb==4.4.0 polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1 dlt==1.31.0 fastexcel==0.21.0 python-calamine==0.9.1 openpyxl==3.1.5
	$(GO) run ./cmd/bench -peers $(PEERS)/bin/python -times 3 -json bin/peers.json

faults: build ## 200 kills, 50 power cuts (C compiler), a full disk (root): nothing lost, doubled or half (FAULTS=flags)
	$(GO) run ./cmd/faults $(FAULTS)

CLIENTS := .cache/clients
clients: setup ## the snippets of docs/connect.md with the real clients of Python, Java, Node and Go (python3, mvn, java)
	test -x $(CLIENTS)/venv/bin/python || python3 -m venv $(CLIENTS)/venv
	$(CLIENTS)/venv/bin/pip install -q clickhouse-connect==1.12.0 sqlalchemy==2.0.49 pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1 duckdb==2.0.1 clickhouse-driver==0.2.11 adbc-driver-flightsql==1.13.0 adbc-driver-manager==1.13.0
	for a in com.clickhouse:clickhouse-jdbc:0.9.8:jar:all org.slf4j:slf4j-api:2.0.17 org.slf4j:slf4j-nop:2.0.17; do \
		mvn -q dependency:copy -Dartifact=$$a -DoutputDirectory=$(CLIENTS) || exit 1; done
	YANZHEN_CLIENTS=1 $(GO) test -count=1 -v -run Client ./pipeline/warehouse/door ./pipeline/warehouse/flight

docs: build ## write anew what docs has from the declarations; and the documents of the demo zone (ZONE=), if there is one
	bin/yanzhen docs --out docs
	@[ ! -d $(ZONE)/engine ] || { mkdir -p docs/briefings; for name in half_year monthly units orders; do for form in docx pdf; do \
	  bin/yanzhen brief $$name --dir $(ZONE) --out docs/briefings/$$name.$$form || exit 1; done; done; }

shots: build ## take the screenshots of every page of a running demo (BASE=http://... LINK=`bin/yanzhen user link`); ALL=1: at every width, in both languages
	$(GO) run ./cmd/browser
	$(GO) run ./cmd/shots -base $${BASE:-http://$(ADDR)} -link "$${LINK:-}" -out $${OUT:-docs/shots} $(if $(ALL),-all)

$(TOOLS)/cyclonedx-gomod: .ci/sbom/go.mod .ci/sbom/go.sum
	cd .ci/sbom && $(GO) build -o ../../$@ github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod

sbom: build $(TOOLS)/cyclonedx-gomod ## the parts of bin/yanzhen with versions and hashes, as CycloneDX: bin/sbom-go.json, bin/sbom-npm.json
	$(TOOLS)/cyclonedx-gomod bin -json -output bin/sbom-go.json bin/yanzhen
	npm sbom --sbom-format cyclonedx --package-lock-only --omit dev > bin/sbom-npm.json

$(TOOLS)/govulncheck: .ci/audit/go.mod .ci/audit/go.sum
	cd .ci/audit && $(GO) build -o ../../$@ golang.org/x/vuln/cmd/govulncheck
	cd .ci/audit && $(GO) build -o ../../$(TOOLS)/indexdb golang.org/x/vulndb/cmd/indexdb

audit: build $(TOOLS)/govulncheck ## known faults of the parts of bin/yanzhen: the newest list of golang.org/x/vulndb by the module proxy, and npm audit where the registry answers it
	rm -rf .cache/vulndb && mkdir -p .cache/vulndb && cd .ci/audit && $(GO) mod download -json golang.org/x/vulndb@latest | sed -n 's/^.*"Dir": "\(.*\)",$$/\1/p' > ../../.cache/vulndb/where
	$(TOOLS)/indexdb -vulns "$$(cat .cache/vulndb/where)/data/osv" -out .cache/vulndb/db
	npm audit --omit dev --json > .cache/vulndb/npm.json; node -e 'const a = JSON.parse(require("fs").readFileSync(".cache/vulndb/npm.json", "utf8") || "{}"); if (!a.metadata) console.log("npm audit: the registry does not answer; ask elsewhere with package-lock.json"); else { console.log(a.metadata.vulnerabilities); process.exit(a.metadata.vulnerabilities.total ? 1 : 0) }'
	$(TOOLS)/govulncheck -db "file://$$PWD/.cache/vulndb/db" -mode binary bin/yanzhen

$(TOOLS)/nfpm: .ci/dist/go.mod .ci/dist/go.sum
	cd .ci/dist && $(GO) build -o ../../$@ github.com/goreleaser/nfpm/v2/cmd/nfpm

dist: sbom $(TOOLS)/nfpm ## what is installed without Go and Node: dist/*.tar.gz, dist/*.deb, SHA256SUMS; each is installed and started
	$(GO) run ./cmd/dist -nfpm $(TOOLS)/nfpm -sbom bin

clean: ## remove what was built and the demo zone; keeps node_modules
	rm -rf bin dist .cache $(ZONE) dashboard/fonts/vendor dashboard/static/vendor/*.js dashboard/static/vendor/*.json configs/maps/*.json configs/maps/counties.zst dashboard/static/vendor/.done
