package telegram

import (
	"context"
	"io"
	"net/http"

	"github.com/go-telegram/bot"

	"heard/channels"
)

// maxMedia is what Telegram lets a bot download.
const maxMedia = 20 << 20

// RemoveMedia does nothing: a bot cannot remove what a person sent.
func (*Client) RemoveMedia(context.Context, string) error { return nil }

// Media opens a file by its id, with its MIME type as Telegram serves it. More
// than 20 MB ends in an *http.MaxBytesError while reading, never in a file that
// looks whole. The error is a *channels.SendError, which says whether to try
// again; the address, which holds the token, is in none.
func (c *Client) Media(ctx context.Context, id string) (io.ReadCloser, string, error) {
	attempt := new(channels.Attempt)
	callCtx, cancel := watched(ctx, attempt)
	defer cancel()
	file, err := c.bot.GetFile(callCtx, &bot.GetFileParams{FileID: id})
	if err != nil {
		return nil, "", sendError(attempt, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.bot.FileDownloadLink(file), nil)
	if err != nil {
		return nil, "", &channels.SendError{Code: "address", Sentence: "The file's address cannot be read."}
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, "", new(channels.Attempt).NoAnswer(err)
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusNotFound {
			return nil, "", &channels.SendError{Code: "404", Sentence: "Telegram does not have the file any more."}
		}
		return nil, "", sendError(&channels.Attempt{Status: resp.StatusCode}, nil)
	}
	return http.MaxBytesReader(nil, resp.Body, maxMedia), resp.Header.Get("Content-Type"), nil
}
