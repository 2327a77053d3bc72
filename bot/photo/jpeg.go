package photo

import (
	"bytes"
	"encoding/binary"
)

// The markers of a JPEG that matter here.
const (
	soi, eoi, sos = 0xD8, 0xD9, 0xDA
	app0, app15   = 0xE0, 0xEF
	comment       = 0xFE
)

// What is kept of the application's segments: all begin with a name.
var (
	jfif   = []byte("JFIF\x00")
	exif   = []byte("Exif\x00\x00")
	colour = []byte("ICC_PROFILE\x00")
	adobe  = []byte("Adobe")
)

// cleanJPEG copies the segments that showing the picture takes. What follows its end,
// where phones put films and depth maps, is left out.
func cleanJPEG(data []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(data)), 0xFF, soi)
	for rest := data[2:]; ; {
		marker, segment, after, ok := nextSegment(rest)
		if !ok {
			return nil, ErrUnclean
		}
		if marker == eoi {
			return append(out, 0xFF, eoi), nil
		}
		rest = after
		kept, ok := keptOf(marker, segment)
		if !ok {
			return nil, ErrUnclean
		}
		if kept == nil {
			continue
		}
		out = append(out, 0xFF, marker, byte((len(kept)+2)>>8), byte(len(kept)+2))
		out = append(out, kept...)
		if marker == sos {
			n := scanned(rest)
			out, rest = append(out, rest[:n]...), rest[n:]
			if len(rest) == 0 { // it breaks off: what there is of it can be seen
				return append(out, 0xFF, eoi), nil
			}
		}
	}
}

// nextSegment cuts a segment off, without its marker and length.
func nextSegment(data []byte) (marker byte, segment, rest []byte, ok bool) {
	if len(data) == 0 || data[0] != 0xFF {
		return 0, nil, nil, false
	}
	for len(data) > 0 && data[0] == 0xFF { // any number of them may stand before a marker
		data = data[1:]
	}
	switch {
	case len(data) == 0:
		return 0, nil, nil, false
	case data[0] == eoi:
		return eoi, nil, nil, true
	case len(data) < 3:
		return 0, nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(data[1:]))
	if n < 2 || n > len(data)-1 {
		return 0, nil, nil, false
	}
	return data[0], data[3 : n+1], data[n+1:], true
}

// keptOf is what is kept of a segment; nil: nothing; false: nobody knows what it is.
func keptOf(marker byte, segment []byte) (kept []byte, ok bool) {
	switch {
	case marker == app0 && bytes.HasPrefix(segment, jfif) && len(segment) >= 14:
		kept = append([]byte(nil), segment[:14]...)
		kept[12], kept[13] = 0, 0 // its own small picture is left out
		return kept, true
	case marker == 0xE1 && bytes.HasPrefix(segment, exif):
		return upright(segment[len(exif):]), true
	case marker == 0xE2 && bytes.HasPrefix(segment, colour):
		return segment, true
	case marker == 0xEE && bytes.HasPrefix(segment, adobe) && len(segment) >= 12:
		return segment[:12], true // how its colours are written
	case marker >= app0 && marker <= app15, marker == comment:
		return nil, true
	case marker >= 0xC0 && marker <= 0xCF && marker != 0xC8, marker >= sos && marker <= 0xDF:
		return segment, true
	}
	return nil, false
}

// scanned is how long the picture's own bytes are at the beginning of data: until a
// marker that is not one of a restart.
func scanned(data []byte) int {
	for i := 0; i+1 < len(data); i++ {
		if data[i] == 0xFF && data[i+1] != 0 && data[i+1] != 0xFF && (data[i+1] < 0xD0 || data[i+1] > 0xD7) {
			return i
		}
	}
	return len(data)
}

// orientation is the tag that says which way up a picture is.
const orientation = 0x0112

// upright is an Exif segment that says which way up the picture is, and no more; nil: it
// stands upright, or nobody knows.
func upright(tiff []byte) []byte {
	if len(tiff) < 8 {
		return nil
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return nil
	}
	entries := int64(order.Uint16(tiff[at:]))
	for i := range entries {
		begin := at + 2 + 12*i
		if begin+12 > int64(len(tiff)) {
			return nil
		}
		e := tiff[begin : begin+12]
		if way := order.Uint16(e[8:]); order.Uint16(e) == orientation && way >= 2 && way <= 8 {
			return append(append([]byte(nil), exif...), 'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(way), 0, 0, 0, 0, 0, 0)
		}
	}
	return nil
}
