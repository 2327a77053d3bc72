// Package console is what people see of heard in a browser: the try-out's page,
// with phones on one side and the desk of the complaints team on the other.
//
// Pages are made on the server and work without script, but for the phones; the
// script only keeps them live. What a person wrote is text everywhere, never
// markup. Cases are read through bot.DeskStore, which holds no way from a case
// to its person; what staff do goes through Staff.
//
// It must not know what a phone is: the handler that serves them is given to it.
package console
