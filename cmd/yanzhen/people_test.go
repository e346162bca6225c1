package main

import (
	"net/http"

	"yanzhen/dashboard/access"
)

// asOperator is the pages as the operator of the command line sees them.
func asOperator(o *office, c *cli) (http.Handler, error) {
	p, err := o.config.doors().Open(c.log)
	if err != nil {
		return nil, err
	}
	pages, err := o.pages(c, p, nil)
	if err != nil {
		return nil, err
	}
	return pages.For(access.CommandLine("test")), nil
}
