//go:build !race

package flows_test

// everyNth is how many of the free texts meet each question: all of them.
const everyNth = 1
