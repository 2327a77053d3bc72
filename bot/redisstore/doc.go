// Package redisstore keeps everything in Redis: conversations, cases, outboxes,
// timers. It owns every key and every script; nobody else imports the client.
//
// The rules of this layer:
//
//   - One operation is one script. A script checks everything first and then
//     writes, because an error in its middle does not roll back; its first write
//     is one that grows, because that is the one Redis refuses when it is full.
//   - All keys of a provider carry the hash tag {provider}, so that a commit stays
//     atomic on a cluster. Scripts build further keys from that prefix.
//   - No address, no text and no provider's message id is a key or stands in
//     clear. What is a person's is sealed; see Seal formats in seal.go.
//   - Times are milliseconds of the store's own clock. The numbers that scripts
//     write go through string.format, since miniredis and Redis print large
//     numbers differently; for the same reason scripts use neither cjson nor
//     cmsgpack.
//   - A clock that is set does not make reminders come early or late: whoever
//     leases timers tells how long ago it last did, by its own monotonic clock, and
//     what Redis' clock went beyond that (5 minutes and more), or back, is taken out
//     of all timers. While every instance is down a set clock cannot be told from
//     a pause, and counts as one; a machine that slept is taken for a set clock,
//     so that reminders come later by its sleep. Messages already queued are not
//     moved: a lease ends early, which is looked up as a doubt, or a retry is late.
//     Keys that expire follow Redis' clock alone: set forward by over a week it
//     forgets which messages were taken in, which nothing here can prevent.
//   - The client never retries by itself: a retry of a write whose reply was lost
//     is made above, where the script knows its own turn again.
package redisstore
