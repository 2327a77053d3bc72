//go:build race

package flows_test

// everyNth is how many of the free texts meet each question: with the race detector
// each takes ten times as long, and between the questions all texts are met still.
const everyNth = 16
