package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// The client waits this long at most for one answer when the caller set no deadline.
const (
	dialTimeout = 2 * time.Second
	ioTimeout   = 5 * time.Second
	poolSize    = 64

	// bufferSize holds a turn's arguments and its answer. Of the library's 32 KB in
	// each direction a full pool would hold 4 MB, of which the collector's allowance
	// makes three times as much.
	bufferSize = 8 << 10
)

// What stands before "://" says what kind of Redis is behind an address:
//
//	redis://host:6379/0                                         one server; rediss:// by TLS, unix:// by a socket
//	redis+sentinel://host:26379?addr=host2:26379&master_name=heard   one master that Sentinels name
//	redis+cluster://host:6379?addr=host2:6379                   a Cluster; all of a provider is on one node
//
// rediss+sentinel and rediss+cluster are the same by TLS. The name and password
// before the host are the server's, of a Sentinel the Sentinel's; username=,
// password= and db= are then the server's.
const (
	sentinelScheme = "+sentinel://"
	clusterScheme  = "+cluster://"
)

// NewClient makes a client fit for writing: it never repeats a command by itself,
// obeys the caller's context, and skips the extras of the handshake.
func NewClient(address string) (redis.UniversalClient, error) {
	redis.SetLogger(silence{}) // what fails is an error here, and logged once by who acts on it
	var client redis.UniversalClient
	var err error
	switch {
	case strings.Contains(address, sentinelScheme):
		client, err = newSentinelClient(strings.Replace(address, sentinelScheme, "://", 1))
	case strings.Contains(address, clusterScheme):
		client, err = newClusterClient(strings.Replace(address, clusterScheme, "://", 1))
	default:
		client, err = newServerClient(address)
	}
	if err != nil {
		// The library's error quotes the address, which may hold a password.
		return nil, errors.New("redis: not an address such as redis://127.0.0.1:6379/0, redis+sentinel://host:26379?master_name=heard or redis+cluster://host:6379")
	}
	return client, nil
}

func newServerClient(address string) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, err
	}
	o.Protocol, o.MaxRetries, o.ContextTimeoutEnabled, o.DisableIdentity = 2, -1, true, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	o.PipelinePoolSize, o.PoolSize, o.ReadBufferSize, o.WriteBufferSize = -1, poolSize, bufferSize, bufferSize
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
	return redis.NewClient(o), nil
}

func newSentinelClient(address string) (redis.UniversalClient, error) {
	o, err := redis.ParseFailoverURL(address)
	if err != nil {
		return nil, err
	}
	if o.MasterName == "" {
		return nil, errors.New("no master_name")
	}
	o.Protocol, o.MaxRetries, o.ContextTimeoutEnabled, o.DisableIdentity = 2, -1, true, true
	o.PipelinePoolSize, o.PoolSize, o.ReadBufferSize, o.WriteBufferSize = -1, poolSize, bufferSize, bufferSize
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
	return redis.NewFailoverClient(o), nil
}

// newClusterClient follows no redirects: the library would then also repeat a
// command whose answer was lost, which writes twice. A slot that moved costs one
// refused turn, which its provider repeats; the client has learnt of it by then.
func newClusterClient(address string) (redis.UniversalClient, error) {
	o, err := redis.ParseClusterURL(address)
	if err != nil {
		return nil, err
	}
	o.Protocol, o.MaxRetries, o.MaxRedirects, o.ContextTimeoutEnabled, o.DisableIdentity = 2, -1, -1, true, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	o.PipelinePoolSize, o.PoolSize, o.ReadBufferSize, o.WriteBufferSize = -1, poolSize, bufferSize, bufferSize
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
	return redis.NewClusterClient(o), nil
}

// retries tells whether a client repeats commands by itself.
func retries(client redis.UniversalClient) bool {
	switch c := client.(type) {
	case *redis.Client:
		return c.Options().MaxRetries > 0
	case *redis.ClusterClient:
		return c.Options().MaxRetries > 0 || c.Options().MaxRedirects > 0
	}
	return true
}

// silence is the library's logger: it would write lines of its own to stderr, for
// the whole process.
type silence struct{}

// Printf says nothing.
func (silence) Printf(context.Context, string, ...any) {}

// home is the server that a key is on: commands that name no key, such as WAIT and
// SCAN, must go where the keys are.
func home(ctx context.Context, client redis.UniversalClient, key string) (*redis.Client, error) {
	switch c := client.(type) {
	case *redis.Client:
		return c, nil
	case *redis.ClusterClient:
		return c.MasterForKey(ctx, key)
	}
	return nil, fmt.Errorf("a client of type %T", client)
}

// eachServer does something with every server that is written to.
func eachServer(ctx context.Context, client redis.UniversalClient, do func(context.Context, *redis.Client) error) error {
	c, ok := client.(*redis.ClusterClient)
	if !ok {
		one, err := home(ctx, client, "")
		if err != nil {
			return err
		}
		return do(ctx, one)
	}
	var one sync.Mutex // the library asks all at once
	return c.ForEachMaster(ctx, func(ctx context.Context, server *redis.Client) error {
		one.Lock()
		defer one.Unlock()
		return do(ctx, server)
	})
}
