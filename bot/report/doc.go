// Package report makes the tables of how far people agree with the 21
// statements: answers and counts in, tables out. It reads no clock and no store,
// and knows of no person, because the answer store has none.
//
// # What a score is
//
// A score is the share of "strongly agree" and "agree" among the five answers of
// the scale, with how many they are (n) and Wilson's 95 % interval. "Does not
// apply" and "rather not say" are counted apart. A stage's score is the
// unweighted mean of its statements' scores, and is there only when all of them
// are.
//
// That a person counts once for a statement cannot be seen here, since no answer
// has a person. It is kept where statements are asked: none that a case's Asked
// holds is asked about that case again. Who has two cases may count twice.
//
// # What is hidden, and why that holds
//
// A figure may be shown if at least 5 people agreed and at least 5 did not
// (neither, disagree, strongly disagree): so never under 5, never where fewer
// than 5 share the one or the other, and never where nearly all do, since then
// all who are known to have answered would be known by their answer. The five
// answers are not shown one by one, so these two groups are all that is told.
//
// A reader has more than one table: last month's, those of other dimensions, and
// a pencil. So everything that is ever shown is a sum of blocks, each of which
// could be shown alone:
//
//   - Time is cut, for each statement, into periods of whole closed months; one
//     ends as soon as its figure over all people may be shown. A year ends in
//     March, as NHS bodies and councils count; what is left over then, too little
//     to be shown, is never counted. Closed months do not change, so a period
//     once made stays, and rolling windows are sums of whole periods: their
//     differences are too.
//   - A table by service, channel or language joins such periods until every
//     column may be shown, at most to the end of the year. Then what may not be
//     shown is hidden, and with it the smallest of the rest until at least two
//     are hidden and their sum could be shown: that is all that row totals tell.
//   - Tables of different dimensions share nothing but the totals of those
//     periods: no table has a service by a channel.
//   - "Does not apply" and "rather not say" are told for all people only, in
//     periods joined until both together are at least 5, and one by one where
//     each is.
//
// A column in which nobody was asked or answered is said to be so. The window of
// a table is the newest whole blocks within twelve months.
//
// # What is not covered
//
// A reader who knows some of the answers already, such as their own. Bounds:
// who knows these rules can narrow a hidden figure down, though not to one
// value. What goes together: who answers several statements stands in each.
// That somebody was asked or answered at all: how many were asked is told with
// every figure shown, and a hidden column tells that there is somebody in it.
// Answers that are removed from the store, or a change of the provider's time
// zone, would cut past periods anew. And whoever can read the answer store
// needs no report.
package report
