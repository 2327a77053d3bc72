// Package web is what the pages of package console and of package tryout share: the
// scripts and styles, what keeps strangers out of a page, and the stream of events that
// keeps a page live. It must not know what a page shows.
package web
