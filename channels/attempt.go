package channels

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// Attempt is one request to a provider, watched: it is not written after its
// deadline, its answer is read to the end so that the connection can be used
// again, and afterwards it can be said whether the provider may have it.
//
// One Attempt serves one request at a time; a later one overwrites what it knows.
type Attempt struct {
	Deadline   time.Time        // no byte of the body is written after this; zero: none
	Now        func() time.Time // nil: the clock
	Status     int              // of the answer; 0: there was none
	RetryAfter time.Duration    // what the provider asked for; 0: nothing

	state atomic.Int32 // unwritten, written or sealed
}

// What may be known of the body when a request fails. A request that failed
// unwritten is sealed: a writer that wakes up later finds it closed.
const (
	unwritten = iota
	written
	sealed
)

// Largest answer that is read. A page of two hundred long messages has a tenth of it.
const maxAnswer = 16 << 20

var (
	errLate     = errors.New("the deadline for sending passed before the request was written")
	errTooLarge = errors.New("the answer is too large")
)

// RoundTrip makes the request by base. The error, if any, is base's and may
// name addresses: turn it into a SendError by NoAnswer, do not log it.
func (a *Attempt) RoundTrip(base http.RoundTripper, req *http.Request) (*http.Response, error) {
	a.Status, a.RetryAfter = 0, 0
	a.state.Store(unwritten)
	out, err := a.gated(req)
	if err != nil {
		return nil, err
	}
	resp, err := base.RoundTrip(out)
	if err != nil {
		a.state.CompareAndSwap(unwritten, sealed)
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	_ = resp.Body.Close() // everything of use was read
	if err != nil {
		return nil, err
	}
	if len(body) > maxAnswer {
		return nil, errTooLarge
	}
	a.Status, a.RetryAfter = resp.StatusCode, retryAfter(resp.Header.Get("Retry-After"), a.now())
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// gated copies the request with a body that cannot be read after the deadline.
// The body is what counts: net/http may still be dialling when RoundTrip was
// called in time, and a request without its body is no message.
func (a *Attempt) gated(req *http.Request) (*http.Request, error) {
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		_ = req.Body.Close() // as RoundTrip must, also when it fails
		if err != nil {
			return nil, err
		}
	}
	if a.late() {
		return nil, errLate
	}
	out := req.Clone(req.Context())
	out.ContentLength = int64(len(body))
	out.TransferEncoding = nil
	if len(body) == 0 {
		out.Body, out.GetBody = http.NoBody, nil
		return out, nil
	}
	out.GetBody = func() (io.ReadCloser, error) {
		return io.NopCloser(&gate{attempt: a, body: bytes.NewReader(body)}), nil
	}
	out.Body, _ = out.GetBody()
	return out, nil
}

// NoAnswer is the failure of a request that got no answer: whether it is in
// doubt depends on whether its body was on its way. Code is "late", "timeout"
// or "unreachable".
func (a *Attempt) NoAnswer(err error) *SendError {
	switch {
	case errors.Is(err, errLate):
		return &SendError{Retry: true, Code: "late", Sentence: "There was no time left to send it; it is sent again by itself."}
	case a.state.Load() == written:
		return &SendError{Retry: true, InDoubt: true, Code: "timeout", Sentence: "The provider did not answer. It is looked up, or sent again by itself."}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &SendError{Retry: true, Code: "timeout", Sentence: "The provider could not be reached in time; it is sent again by itself."}
	default:
		return &SendError{Retry: true, Code: "unreachable", Sentence: "The provider cannot be reached; it is sent again by itself."}
	}
}

func (a *Attempt) late() bool { return !a.Deadline.IsZero() && a.now().After(a.Deadline) }

func (a *Attempt) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}

// gate is a body that is read by the connection's writer: the first read is the
// last moment at which the request can be stopped.
type gate struct {
	attempt *Attempt
	body    *bytes.Reader
	open    bool
}

func (g *gate) Read(p []byte) (int, error) {
	if !g.open {
		if g.attempt.late() || !g.attempt.state.CompareAndSwap(unwritten, written) && g.attempt.state.Load() == sealed {
			return 0, errLate
		}
		g.open = true
	}
	return g.body.Read(p)
}

// retryAfter reads the header's two forms: seconds, or a date. More than an
// hour is taken as an hour, so that one wrong answer does not silence a sender.
func retryAfter(header string, now time.Time) time.Duration {
	var after time.Duration
	if seconds, err := strconv.Atoi(header); err == nil {
		after = time.Duration(min(seconds, 3600)) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		after = at.Sub(now)
	}
	return min(max(after, 0), time.Hour)
}
