package metric_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/dataset"
)

func TestCauseDeclared(t *testing.T) {
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	one := func(cause string) error {
		_, err := metric.LoadFS(fstest.MapFS{"metrics/a.yaml": {Data: []byte(`dimensions:
  - {name: node, title: {zh: 节点, en: Node}}
  - {name: enterprise, title: {zh: 单位, en: Employer}}
  - {name: occupation, title: {zh: 职业, en: Occupation}}
metrics:
  - name: demand
    title: {zh: 需求, en: Demand}
    definition: {zh: 需求, en: Demand}
    unit: 人
    direction: down
    every: month
    kind: flow
    from: vacancies
    time: posted_on
    value: sum(needed)
    dims: [node, enterprise, occupation]
    cause: ` + cause + "\n")}}, sets.Datasets, sets.Lists)
		return err
	}
	if err := one("[enterprise, occupation]"); err != nil {
		t.Error(err)
	}
	for cause, want := range map[string]string{
		"[colour]":                       "a.yaml:17: metrics[demand].cause[1]: \"colour\" 不是它的维度，可用 node, enterprise, occupation / cause \"colour\" is no dimension it can be cut by (have node, enterprise, occupation)",
		"[node, node]":                   "twice",
		"[node, enterprise, occupation]": "at most 2",
	} {
		if err := one(cause); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("cause: %s: got %v, want %s", cause, err, want)
		}
	}
}
