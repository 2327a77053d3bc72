// Package pagetest is what tests of pages are made of: a real browser, used as a person
// does, by what is seen, by clicks and by keys; and the flows that ship.
package pagetest
