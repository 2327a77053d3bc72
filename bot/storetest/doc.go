// Package storetest is the suite that every store passes: what a person must
// never lose, in terms of bot's contracts alone. It also starts real Redis
// servers for tests.
package storetest
