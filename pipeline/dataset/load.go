package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Catalog is everything declared about data.
type Catalog struct {
	Datasets map[string]*Dataset
	Lists    *codes.Lists // with the lists chains and nodes built from the chains
	Chains   []Chain
}

// Names returns the names of the datasets in order.
func (c *Catalog) Names() []string {
	names := make([]string, 0, len(c.Datasets))
	for n := range c.Datasets {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Load reads codes/*.csv, chains/*.yaml and datasets/*.yaml of fsys (configs.FS or a directory
// like it). All faults of all files come in one error, each with file, line and what was expected; with it comes what
// is declared, so that the other declarations can be held against it: a dataset with a fault of its own is nil.
func Load(fsys fs.FS) (*Catalog, error) {
	lists, errCodes := codes.Load(fsys)
	chains, errChains := LoadChains(fsys, lists)
	sets, errSets := LoadFS(fsys, lists)
	return &Catalog{sets, lists, chains}, errors.Join(errCodes, errChains, errSets)
}

// LoadFS reads datasets/*.yaml of fsys strictly; a `list` must be one of lists. The map is by name, and has nil for one
// with a fault.
func LoadFS(fsys fs.FS, lists *codes.Lists) (map[string]*Dataset, error) {
	files := declare.Read[Dataset](fsys, "datasets")
	sets := map[string]*Dataset{}
	for _, d := range files.Docs {
		verify(d.File, d.Value, lists)
		name := strings.TrimSuffix(path.Base(d.Name), ".yaml")
		if sets[name] = nil; d.Sound() {
			sets[name] = d.Value
		}
	}
	return sets, files.Err()
}

// Parse reads one declaration. The error joins every fault of the text.
func Parse(name string, text []byte, lists *codes.Lists) (*Dataset, error) {
	ds := &Dataset{}
	f := declare.Parse(name, text, ds)
	verify(f, ds, lists)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return ds, nil
}

// verify checks what the shape of the YAML cannot say, and makes a sound declaration ready for use.
func verify(f *declare.File, ds *Dataset, lists *codes.Lists) {
	c := &checker{f, ds, lists}
	c.dataset()
	if f.Sound() {
		ds.File = f.Name
		ds.Digest = digest(ds, f.Text, lists)
	}
}

func digest(ds *Dataset, text []byte, lists *codes.Lists) string {
	h := sha256.New()
	h.Write(text)
	for _, c := range ds.Columns {
		if l := lists.Get(c.List); c.List != "" && l != nil {
			fmt.Fprintf(h, "\x00%s", l.Name)
			for _, v := range l.Values {
				v.Place = nil // where it lies changes no cell; and a pointer differs from process to process
				fmt.Fprintf(h, "%v", v)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
