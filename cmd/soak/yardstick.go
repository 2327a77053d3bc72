package main

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"heard/bot"
	"heard/bot/redisstore"
	"heard/channels"
	"heard/channels/channelstest"
	"heard/channels/twilio"
)

const (
	yardstickName     = "yardstick"
	yardstickProvider = "measure" // as long a name as heard's has
	yardstickHooks    = public + "/webhooks/" + yardstickProvider
)

// yardstick is the empty handler: it checks the signature, makes the commit that
// heard makes, and where it is to send, sends and notes it. It does not parse,
// look up, step through a flow, or decide anything.
type yardstick struct {
	store  *redisstore.Store
	shape  *shape
	signer *channelstest.Twilio // only its Sign
	client *twilio.Client
	leases chan bot.Lease // nil: nothing is sent
	people sync.Map       // From -> *standing
	made   atomic.Int64
}

func yardstickCommand(ctx context.Context, _ io.Writer, args []string) error {
	flags := flag.NewFlagSet(yardstickName, flag.ContinueOnError)
	redisURL := flags.String("redis", "", "the store's `address`")
	api := flags.String("api", "", "Twilio's `address`")
	key := flags.String("key", "", "the configuration's key, in hex")
	sends := flags.Bool("sends", false, "send what is committed; else the sender is on hold")
	if err := parse(flags, args); err != nil {
		return err
	}
	k, err := hex.DecodeString(*key)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	y, err := newYardstick(ctx, *redisURL, *api, k, *sends)
	if err != nil {
		return err
	}
	defer func() { _ = y.store.Close() }() // its process ends
	if *sends {
		for range 64 {
			go y.work(ctx)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /webhooks/"+yardstickProvider+"/twilio", y.message)
	mux.HandleFunc("POST /webhooks/"+yardstickProvider+"/twilio/status", y.status)
	listener, err := net.Listen("tcp", os.Getenv("HEARD_LISTEN"))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	_, _ = fmt.Fprintln(os.Stderr, `{"msg":"serving"}`) // as heard tells that it is there
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func newYardstick(ctx context.Context, redisURL, api string, key []byte, sends bool) (*yardstick, error) {
	store, err := redisstore.Open(ctx, redisstore.Options{
		URL: redisURL, ConfigKeys: [][]byte{key}, Providers: []bot.ProviderID{yardstickProvider},
		Pace: map[channels.Channel]float64{channels.WhatsApp: 80, channels.Telegram: 30}, // as heard's
	})
	if err != nil {
		return nil, err
	}
	y := &yardstick{store: store, signer: &channelstest.Twilio{AuthToken: authToken}}
	if y.client, err = twilio.New(twilio.Config{AccountSID: account, AuthToken: authToken, SMSFrom: smsFrom, APIURL: api, PublicURL: yardstickHooks}); err != nil {
		return nil, err
	}
	if y.shape, err = recordShape(ctx, store, yardstickProvider); err != nil {
		return nil, err
	}
	if sends {
		y.leases = make(chan bot.Lease, 4096)
		return y, nil
	}
	return y, y.hold(ctx)
}

// hold has the sender rest, as heard's does: Twilio said so.
func (y *yardstick) hold(ctx context.Context) error {
	p := newStanding(0, "+447700900998")
	done, err := y.store.Commit(ctx, y.shape.next(p, "tw:hold", "hold"))
	if err != nil {
		return err
	}
	_, err = y.store.Settle(ctx, done.Leases[0], bot.Settlement{Result: bot.Again, After: time.Hour, AllChats: true})
	return err
}

// form reads and verifies; nil: it was refused.
func (y *yardstick) form(w http.ResponseWriter, r *http.Request) url.Values {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		http.Error(w, "not read", http.StatusBadRequest)
		return nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "malformed", http.StatusBadRequest)
		return nil
	}
	want := y.signer.Sign(public+r.URL.RequestURI(), form)
	if !hmac.Equal([]byte(want), []byte(r.Header.Get("X-Twilio-Signature"))) {
		http.Error(w, "signature", http.StatusForbidden)
		return nil
	}
	return form
}

func (y *yardstick) message(w http.ResponseWriter, r *http.Request) {
	form := y.form(w, r)
	if form == nil {
		return
	}
	from, n := form.Get("From"), y.made.Add(1)
	kept, known := y.people.Load(from)
	if !known {
		kept, _ = y.people.LoadOrStore(from, newStanding(int(n), channels.Address(from)))
	}
	p := kept.(*standing)
	p.Lock()
	done, err := y.store.Commit(r.Context(), y.shape.next(p, channels.MessageID("tw:"+form.Get("MessageSid")), fmt.Sprintf("T%020d", n)))
	p.Unlock()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "yardstick: %v\n", err)
		http.Error(w, "not taken", http.StatusServiceUnavailable)
		return
	}
	if y.leases != nil {
		for _, l := range done.Leases {
			y.leases <- l
		}
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Response/>`) // who hung up asks again
}

// work sends what was leased, and notes it.
func (y *yardstick) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-y.leases:
			for next := &l; next != nil; next = y.send(ctx, *next) {
				continue
			}
		}
	}
}

func (y *yardstick) send(ctx context.Context, l bot.Lease) *bot.Lease {
	out := channels.Outbound{Task: string(l.Message.Task), Sender: l.Sender, Address: l.Address, Text: l.Message.Text, Options: l.Message.Options, Deadline: l.Deadline}
	sent, err := y.client.Send(ctx, out)
	if err != nil {
		return nil // bench sees that it never comes
	}
	next, err := y.store.Settle(ctx, l, bot.Settlement{Result: bot.Accepted, IDs: sent.IDs})
	if err != nil {
		return nil // the same
	}
	return next
}

func (y *yardstick) status(w http.ResponseWriter, r *http.Request) {
	form := y.form(w, r)
	if form == nil {
		return
	}
	rank := channels.StatusSent
	if form.Get("MessageStatus") == "delivered" {
		rank = channels.StatusDelivered
	}
	_, err := y.store.Receipt(r.Context(), yardstickProvider, channels.Receipt{
		Task: r.URL.Query().Get("task"), ID: form.Get("MessageSid"), Status: rank, At: time.Now(),
	})
	if err != nil {
		http.Error(w, "not noted", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
