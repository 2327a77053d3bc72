// Package tryout is the page where a newcomer sees in two minutes what heard does: the
// phones of a person on one side, and a desk on the other.
//
// What a person wrote is text everywhere, never markup. Cases are read through
// bot.DeskStore, which holds no way from a case to its person; what staff do goes through
// Staff.
//
// It must not know what a phone is: the handler that serves them is given to it.
package tryout
