// Package console is the staff's pages: those of each provider's desk, over package
// desk, which says what may be seen and done; and those on which any member of staff
// writes down what they were told.
//
// Pages are made on the server and work without script; a script only keeps them live.
// What a person wrote is text everywhere, never markup.
package console
