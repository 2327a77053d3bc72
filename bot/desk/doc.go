// Package desk is the work of the people who answer: who they are and what each may
// see and do, what needs them now, and a case as it may be shown to them.
//
// Pages (console) and programs (api) stand on the same functions, so that what one
// hides the other hides too. It reads through the desk's side of the store, which
// has no way from a case to a person, and acts through the bot, whose turns write
// the audit log. It must not know of HTTP.
package desk
