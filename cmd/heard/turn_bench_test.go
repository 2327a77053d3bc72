package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"heard/bot/storetest"
	"heard/channels/channelstest"
)

// BenchmarkWholeTurn is all that one message of a person costs: the webhook, the
// reply that is sent to Twilio, and the two callbacks by which Twilio tells that it
// was sent and delivered. It counts a turn once the last callback was answered.
func BenchmarkWholeTurn(b *testing.B) {
	redis := storetest.StartRedis(b)
	twilio := channelstest.NewTwilio("AC1", "auth")
	b.Cleanup(twilio.Close)
	twilio.Remember = time.Second
	h := benchHouse(b, redis.URL(), twilio.URL())
	server := httptest.NewServer(h.mux)
	b.Cleanup(server.Close)
	transport := &http.Transport{MaxIdleConnsPerHost: 256}
	b.Cleanup(transport.CloseIdleConnections)
	twilio.Public, twilio.Address = benchPublic+webhooks("stmarys"), server.URL+webhooks("stmarys")
	twilio.Client = &http.Client{Transport: transport}

	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = h.dispatch.Run(ctx, h.bot) // ends with its context
	}()
	b.Cleanup(func() { stop(); <-ended })

	sent, free := make(chan channelstest.TwilioMessage, 4096), make(chan struct{}, 64)
	twilio.OnSent = func(m channelstest.TwilioMessage) { sent <- m }
	for range 16 {
		go func() {
			for m := range sent {
				for _, status := range []string{"sent", "delivered"} {
					if answer, err := twilio.Status(ctx, m, status, ""); err != nil || answer != http.StatusOK {
						b.Errorf("a callback was answered %d: %v", answer, err)
					}
				}
				<-free
			}
		}()
	}
	b.Cleanup(func() { close(sent) })
	var n atomic.Int64
	form := func() url.Values {
		i := n.Add(1) - 1
		return twilio.Text(fmt.Sprintf("+4477009%05d-%d", i%900, i%benchPeople), benchFrom, benchScript(i/benchPeople))
	}
	b.ResetTimer()
	began := time.Now()
	for range b.N { // 64 at once: a place is free when a turn's last callback was answered
		free <- struct{}{}
		f := form()
		go func() {
			if answer, err := twilio.Deliver(ctx, f); err != nil || answer != http.StatusOK {
				b.Errorf("a message was answered %d: %v", answer, err)
				<-free
			}
		}()
	}
	for range cap(free) {
		free <- struct{}{}
	}
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "turns/s")
}
