package openlineage

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
)

// schemas are what an event and its facets keep to, by the numbers of their versions.
const (
	schemas        = "https://openlineage.io/spec/"
	schemaEvent    = schemas + "2-0-2/OpenLineage.json#/$defs/RunEvent"
	schemaRun      = schemas + "2-0-2/OpenLineage.json#/$defs/RunFacet" // of facets of our own
	schemaParent   = schemas + "facets/1-0-1/ParentRunFacet.json#/$defs/ParentRunFacet"
	schemaNominal  = schemas + "facets/1-0-1/NominalTimeRunFacet.json#/$defs/NominalTimeRunFacet"
	schemaError    = schemas + "facets/1-0-0/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"
	schemaFields   = schemas + "facets/1-0-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
	schemaColumns  = schemas + "facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"
	schemaQuality  = schemas + "facets/1-0-1/DataQualityAssertionsDatasetFacet.json#/$defs/DataQualityAssertionsDatasetFacet"
	schemaNumbers  = schemas + "facets/1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet"
	schemaDocument = schemas + "facets/1-0-0/DocumentationDatasetFacet.json#/$defs/DocumentationDatasetFacet"
)

type runEvent struct {
	EventType string    `json:"eventType"`
	EventTime time.Time `json:"eventTime"`
	Run       run       `json:"run"`
	Job       named     `json:"job"`
	Inputs    []named   `json:"inputs"`
	Outputs   []named   `json:"outputs"`
	Producer  string    `json:"producer"`
	SchemaURL string    `json:"schemaURL"`
}

type run struct {
	RunID  string `json:"runId"`
	Facets facets `json:"facets"`
}

// named is a job or a dataset.
type named struct {
	Namespace    string `json:"namespace"`
	Name         string `json:"name"`
	Facets       facets `json:"facets,omitempty"`
	InputFacets  facets `json:"inputFacets,omitempty"`
	OutputFacets facets `json:"outputFacets,omitempty"`
}

type facets map[string]facet

type facet map[string]any

// RunID is the identity of a run there: a name-based UUID (version 5, of the name space of URLs) of urn:yanzhen:run: and the number
// that the run has here.
func RunID(id string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:yanzhen:run:"+id)).String()
}

func (s *Sender) facet(schema string, f facet) facet {
	f["_producer"], f["_schemaURL"] = s.producer, schema
	return f
}

// body is an event as it is sent.
func (s *Sender) body(e event) []byte {
	r := e.run
	ds, senders := s.declared(r.Dataset)
	if ds == nil {
		r.Dataset = ""
	}
	if !slices.Contains(senders, r.Sender) {
		r.Sender = "" // it may have been read from the name of a file
	}
	out := runEvent{
		EventType: e.kind, EventTime: e.at, Producer: s.producer, SchemaURL: schemaEvent,
		Run: run{RunID(r.ID), facets{"yanzhen_run": s.facet(schemaRun, facet{"run": r.ID, "attempt": r.Attempt})}},
		Job: named{Namespace: s.namespace, Name: jobName(r)}, Inputs: []named{}, Outputs: []named{},
	}
	own := out.Run.Facets["yanzhen_run"]
	for k, v := range map[string]string{"job": r.Job, "dataset": r.Dataset, "sender": r.Sender, "period": r.Period} {
		if v != "" {
			own[k] = v
		}
	}
	if r.Parent != "" {
		out.Run.Facets["parent"] = s.facet(schemaParent, facet{
			"run": map[string]string{"runId": RunID(r.Parent)}, "job": map[string]string{"namespace": s.namespace, "name": "job." + r.Job},
		})
	}
	if !r.Slot.IsZero() {
		out.Run.Facets["nominalTime"] = s.facet(schemaNominal, facet{"nominalStartTime": r.Slot.UTC()})
	}
	if e.kind != start {
		own["state"], own["rows"] = r.State, map[string]uint64{"read": r.Read, "loaded": r.Loaded, "rejected": r.Rejected, "excluded": r.Excluded, "duplicates": r.Duplicates}
	}
	if e.kind == fail || e.kind == abort {
		own["code"] = r.Code
		out.Run.Facets["errorMessage"] = s.facet(schemaError, facet{"message": "yanzhen: " + cmp.Or(r.Code, string(r.State)) + "; run " + r.ID, "programmingLanguage": "Go"})
	}
	if ds != nil && r.Kind != "job" {
		in := s.sent(ds, r)
		if e.kind != start && r.Read > 0 {
			in.InputFacets = facets{"dataQualityAssertions": s.facet(schemaQuality, facet{"assertions": []map[string]any{{"assertion": "no_row_refused", "success": r.Rejected == 0}}})}
		}
		out.Inputs = append(out.Inputs, in)
		if (e.kind == complete || e.kind == other) && r.State == pipeline.Published {
			out.Outputs = append(out.Outputs, s.written(ds, r, in.Name))
		}
	}
	text, err := json.Marshal(out)
	if err != nil { // of texts, numbers and moments it cannot
		s.log.Error("lineage event not written", "run", r.ID, "err", err)
	}
	return text
}

// declared is a dataset as it is declared now, nil where it is not, and the senders that are.
func (s *Sender) declared(name string) (*dataset.Dataset, []string) {
	s.mu.Lock()
	of := s.loader
	s.mu.Unlock()
	if of == nil {
		return nil, nil
	}
	l := of()
	return l.Catalog.Datasets[name], l.Senders
}

func jobName(r pipeline.Run) string {
	if r.Kind == "job" {
		return "job." + r.Job
	}
	if r.Dataset == "" {
		return "load"
	}
	return "load." + r.Dataset
}

// sent is what comes of a dataset from one sender, whatever the files are called: the columns as they are headed there.
func (s *Sender) sent(ds *dataset.Dataset, r pipeline.Run) named {
	name := "sent." + ds.Name
	if r.Sender != "" {
		name += "." + r.Sender
	}
	fields := []map[string]string{}
	for i := range ds.Columns {
		if c := &ds.Columns[i]; !c.FromOutside() && c.Of == "" {
			fields = append(fields, map[string]string{"name": c.Title.Zh, "type": "text"})
		}
	}
	return named{Namespace: s.namespace, Name: name, Facets: facets{"schema": s.facet(schemaFields, facet{"fields": fields})}}
}

// written is what readers see of a dataset, with the column of the submission that each column is read from.
func (s *Sender) written(ds *dataset.Dataset, r pipeline.Run, from string) named {
	fields, columns := []map[string]string{}, map[string]any{}
	for i := range ds.Columns {
		c := &ds.Columns[i]
		fields = append(fields, map[string]string{"name": c.Name, "type": c.ClickHouse(), "description": dataset.Both(c.Title)})
		title := c.Title.Zh
		if c.Of != "" {
			k := slices.IndexFunc(ds.Columns, func(o dataset.Column) bool { return o.Name == c.Of })
			if k < 0 {
				continue // from the name of the file, the sheet, a title
			}
			title = ds.Columns[k].Title.Zh
		}
		how := "IDENTITY"
		if c.Type != dataset.String && c.Type != dataset.Low || c.Parse != "" || c.Match != "" || c.Split != "" {
			how = "TRANSFORMATION"
		}
		columns[c.Name] = map[string]any{"inputFields": []map[string]any{{
			"namespace": s.namespace, "name": from, "field": title,
			"transformations": []map[string]any{{"type": "DIRECT", "subtype": how, "masking": c.Personal != ""}},
		}}}
	}
	return named{
		Namespace: s.namespace, Name: ds.View(),
		Facets: facets{
			"documentation": s.facet(schemaDocument, facet{"description": dataset.Both(ds.Title)}),
			"schema":        s.facet(schemaFields, facet{"fields": fields}),
			"columnLineage": s.facet(schemaColumns, facet{"fields": columns}),
		},
		OutputFacets: facets{"outputStatistics": s.facet(schemaNumbers, facet{"rowCount": r.Loaded})},
	}
}
