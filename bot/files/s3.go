package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"heard/bot"
)

// S3 is a Bucket at Amazon or at anything that speaks its language. Four requests
// are all that is needed, so only the vendor's signer is used, not its client.
type S3 struct {
	o      S3Options
	base   *url.URL
	signer *v4.Signer
	client *http.Client
	now    func() time.Time
}

var _ Bucket = (*S3)(nil)

// S3Options say where the bucket is. All but Endpoint are required.
type S3Options struct {
	Endpoint  string // https://s3.eu-west-2.amazonaws.com; empty: Amazon's for the region
	Region    string // eu-west-2
	Bucket    string
	AccessKey string
	SecretKey string
}

// s3Time is how long one request may take.
const s3Time = 20 * time.Second

// maxListing is above what a page of a thousand names has.
const maxListing = 4 << 20

// OpenS3 makes an S3; nothing is asked of it yet.
func OpenS3(o S3Options) (*S3, error) {
	if o.Endpoint == "" {
		o.Endpoint = "https://s3." + o.Region + ".amazonaws.com"
	}
	base, err := url.Parse(o.Endpoint)
	if err != nil || base.Host == "" {
		return nil, errors.New("the endpoint of the bucket is no address such as https://s3.eu-west-2.amazonaws.com")
	}
	return &S3{
		o: o, base: base.JoinPath(o.Bucket), now: time.Now,
		signer: v4.NewSigner(func(s *v4.SignerOptions) { s.DisableURIPathEscaping = true }),
		client: &http.Client{Timeout: s3Time},
	}, nil
}

// Put stores an object.
func (s *S3) Put(ctx context.Context, folder, name string, data []byte) error {
	_, err := s.do(ctx, http.MethodPut, s.base.JoinPath(folder, name), data, int64(len(data)))
	return err
}

// Get reads an object.
func (s *S3) Get(ctx context.Context, folder, name string) ([]byte, error) {
	return s.do(ctx, http.MethodGet, s.base.JoinPath(folder, name), nil, bot.MaxFile+1<<10)
}

// Remove removes an object, or every one whose name begins with the folder, page by
// page.
func (s *S3) Remove(ctx context.Context, folder, name string) error {
	if name != "" {
		_, err := s.do(ctx, http.MethodDelete, s.base.JoinPath(folder, name), nil, maxListing)
		return err
	}
	for {
		list := *s.base
		list.RawQuery = url.Values{"list-type": {"2"}, "prefix": {folder + "/"}}.Encode()
		body, err := s.do(ctx, http.MethodGet, &list, nil, maxListing)
		if err != nil {
			return err
		}
		var page struct{ Contents []struct{ Key string } }
		if err := xml.Unmarshal(body, &page); err != nil {
			return fmt.Errorf("list a folder of the bucket: %w", err)
		}
		if len(page.Contents) == 0 {
			return nil
		}
		for _, one := range page.Contents {
			if !strings.HasPrefix(one.Key, folder+"/") {
				return errors.New("list a folder of the bucket: it listed something else")
			}
			if _, err := s.do(ctx, http.MethodDelete, s.base.JoinPath(one.Key), nil, maxListing); err != nil {
				return err
			}
		}
	}
}

// do makes a signed request and reads the answer, of limit bytes at most. Errors
// say no more than what was asked and the status: answers quote names and keys.
func (s *S3) do(ctx context.Context, method string, u *url.URL, data []byte, limit int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s to the bucket: its address cannot be used", method)
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Content-Sha256", hash)
	keys := aws.Credentials{AccessKeyID: s.o.AccessKey, SecretAccessKey: s.o.SecretKey}
	if err := s.signer.SignHTTP(ctx, keys, req, hash, "s3", s.o.Region, s.now()); err != nil {
		return nil, fmt.Errorf("%s to the bucket: it cannot be signed", method)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s to the bucket: it cannot be reached", method)
	}
	defer func() { _ = resp.Body.Close() }() // everything of use was read
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s to the bucket: the answer broke off", method)
	case resp.StatusCode == http.StatusNotFound && method != http.MethodPut && u.RawQuery == "":
		if method == http.MethodDelete {
			return nil, nil
		}
		return nil, bot.ErrNotFound
	case resp.StatusCode/100 != 2:
		return nil, fmt.Errorf("%s to the bucket: status %d", method, resp.StatusCode)
	case int64(len(body)) > limit && method == http.MethodGet:
		return nil, fmt.Errorf("%s to the bucket: the answer is too large", method)
	}
	return body, nil
}
