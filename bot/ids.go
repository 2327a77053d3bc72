package bot

// The identifiers that cross packages. None of them tells who a person is.
type (
	// ProviderID names a provider; it comes from the configuration and stands in
	// webhook addresses and in every key of the store.
	ProviderID string

	// ConversationID names one address on one sender. The store makes it from
	// them by HMAC under the provider's index key, so that a look-up needs no
	// index and a key tells nothing. It lives as long as the conversation.
	ConversationID string

	// CaseRef is what a person reads aloud: short, random, with a check
	// character, never a counter. See NewCaseRef.
	CaseRef string

	// Handle is a case's only way to its person: random, made with the case,
	// turned into a ConversationID only by who holds the closed keys.
	Handle string

	// TurnID is random and names one attempt to commit, so that our own earlier
	// commit, whose answer was lost, is not read as somebody else's.
	TurnID string

	// TaskID names one outgoing message. It stands in callback addresses.
	TaskID string

	// EntryID names one entry of a timeline.
	EntryID string

	// FileID names a file that a person sent; random, made when it came.
	FileID string

	// TimerID is the record and the kind of a timer: to write one again is to
	// replace it.
	TimerID string
)
