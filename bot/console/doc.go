// Package console is what people see of heard in a browser: the pages of each
// provider's desk (Desks), over package desk, which says what may be seen and done;
// and the try-out's page (Console), with phones on one side and a desk on the other.
//
// Pages are made on the server and work without script, but for the phones; the
// script only keeps them live. What a person wrote is text everywhere, never
// markup. The try-out reads cases through bot.DeskStore, which holds no way from a
// case to its person; what staff do there goes through Staff.
//
// It must not know what a phone is: the handler that serves them is given to it.
package console
