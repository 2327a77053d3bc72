package flows

import (
	"maps"
	"slices"
)

// Place is a ward, clinic or home that a code on a poster stands for.
type Place struct {
	Code    string // as links carry it: capitals and digits
	Name    Words  // by language; under "" that of the first
	Service string
}

// Places lists those of the Set, by code.
func (s *Set) Places() []Place {
	var all []Place
	nothing := func(string) string { return "" }
	for _, code := range slices.Sorted(maps.Keys(s.places)) {
		p := s.places[code]
		one := Place{Code: code, Name: Words{}, Service: p.service}
		for i, language := range s.languages {
			one.Name[language] = fill(p.name[i].plain, nothing)
		}
		one.Name[""] = fill(p.name[0].plain, nothing)
		all = append(all, one)
	}
	return all
}
