package photo

import (
	"encoding/binary"
	"slices"
)

var pngHead = []byte("\x89PNG\r\n\x1a\n")

// pngShown are the chunks that showing a picture takes. Of the others those whose name
// begins with a small letter can be left out of any PNG.
var pngShown = []string{
	"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT", "bKGD", "pHYs", "acTL", "fcTL", "fdAT",
}

// cleanPNG copies the chunks that showing the picture takes.
func cleanPNG(data []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(data)), pngHead...)
	for rest := data[len(pngHead):]; len(rest) >= 12; {
		n := int64(binary.BigEndian.Uint32(rest)) + 12 // with its length, its name and its sum
		if n > int64(len(rest)) {
			return nil, ErrUnclean
		}
		name := string(rest[4:8])
		switch {
		case slices.Contains(pngShown, name):
			out = append(out, rest[:n]...)
		case name[0]&0x20 == 0:
			return nil, ErrUnclean
		}
		if rest = rest[n:]; name == "IEND" {
			return out, nil
		}
	}
	return nil, ErrUnclean
}
