package api

// ProblemCodes are all that a problem may be.
func ProblemCodes() []string {
	var all []string
	for _, is := range problems {
		all = append(all, is.code)
	}
	return append(all, "refused", "bad-cursor", "bad-etag", "key-reused", "no-if-match", "no-token", "nothing-here", "too-many", "unavailable")
}
