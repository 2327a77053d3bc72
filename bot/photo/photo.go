// Package photo takes out of a photo what its camera wrote into it: where and when it
// was taken, with what, and by whom. The picture itself is not touched, nor decoded.
//
// It must not know whose photo it is.
package photo

import (
	"bytes"
	"errors"
	"slices"
)

// ErrUnclean is a file out of which nothing can be taken: it is of another kind than
// JPEG, PNG and WebP, or broken.
var ErrUnclean = errors.New("what a camera wrote into a photo cannot be taken out of it")

// Clean returns a photo with nothing but what showing it takes: colours, size, and of a
// JPEG which way up it is. Cleaning it again changes nothing.
func Clean(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, soi}):
		return cleanJPEG(data)
	case bytes.HasPrefix(data, pngHead):
		return cleanPNG(data)
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return cleanWebP(data)
	}
	return nil, ErrUnclean
}

// Cleans tells whether photos of a MIME type can be cleaned, unless they are broken.
func Cleans(kind string) bool {
	return slices.Contains([]string{"image/jpeg", "image/png", "image/webp"}, kind)
}
