package main

import (
	"net/http"
	"sync"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric/compute"
)

// answering is what a server answers the operator of the command line with.
type answering struct {
	http.Handler
	engine *compute.Engine
}

// opened are the servers of offices, one each, as in life: what one test has asked is not computed anew for the next.
var opened sync.Map

// asOperator is the pages as the operator of the command line sees them.
func asOperator(o *office, c *cli) (*answering, error) {
	if s, ok := opened.Load(o); ok {
		return s.(*answering), nil
	}
	p, err := o.config.doors().Open(c.log)
	if err != nil {
		return nil, err
	}
	pages, err := o.pages(c, p, nil)
	if err != nil {
		return nil, err
	}
	s, _ := opened.LoadOrStore(o, &answering{pages.For(access.CommandLine("test")), pages.Engine})
	return s.(*answering), nil
}
