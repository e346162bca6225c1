package dataset

import (
	"slices"
	"sort"
)

// Parsers are the named parsers a column may ask for, with the types each can fill. Package batch
// reads with them (parse.go) what package cell makes of a text (parse_*.go); the names live here so
// that a declaration can be refused before any data come.
var Parsers = map[string][]Type{
	"trim":            {String, Low},
	"first":           {String, Low},
	"list":            {Strings},
	"url_key":         {String},
	"salary_from":     {Float64},
	"salary_to":       {Float64},
	"salary_months":   {Int8, Int16, Int32},
	"salary_kind":     {Low, Code},
	"place_province":  {Low, Code, String},
	"place_city":      {Low, String},
	"place_district":  {Low, String},
	"mixed_skills":    {Strings},
	"mixed_ownership": {Low, Code, String},
	"mixed_size":      {Low, String},
	"mixed_industry":  {Low, String},
	"id_birth_date":   {Date},
	"id_birth_year":   {Int16, Int32},
	"id_sex":          {Code, Low},
	"id_region":       {Low, String},
	"id_province":     {Code, Low},
	"month_day":       {Date},
	"day_month_year":  {Date},
	"month_day_year":  {Date},
	"year":            {Int16, Int32},
	"period_start":    {Date},
	"month_start":     {Date},
	"decimal_comma":   {Float64, Int8, Int16, Int32, Int64},
}

func parserNames() []string {
	names := make([]string, 0, len(Parsers))
	for n := range Parsers {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

func fills(parser string, t Type) bool { return slices.Contains(Parsers[parser], t) }
