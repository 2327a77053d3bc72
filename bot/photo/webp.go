package photo

import "encoding/binary"

// What a VP8X chunk says of the others.
const saysExif, saysXMP = 0x08, 0x04

// cleanWebP copies the chunks that showing the picture takes.
func cleanWebP(data []byte) ([]byte, error) {
	size := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size < 12 || size > int64(len(data)) {
		return nil, ErrUnclean
	}
	out, ok := webpChunks(append(make([]byte, 0, size), data[:12]...), data[12:size], false)
	if !ok {
		return nil, ErrUnclean
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

// webpChunks adds to out those of a file, or of one frame of a moving picture.
func webpChunks(out, rest []byte, frame bool) ([]byte, bool) {
	for len(rest) > 0 {
		if len(rest) < 8 {
			return nil, false
		}
		n := int64(binary.LittleEndian.Uint32(rest[4:]))
		padded := 8 + n + n&1
		if 8+n > int64(len(rest)) {
			return nil, false
		}
		chunk := rest[:8+n]
		rest = rest[min(padded, int64(len(rest))):]
		begin := len(out)
		switch name := string(chunk[:4]); {
		case name == "VP8 ", name == "VP8L", name == "ALPH", !frame && (name == "ICCP" || name == "ANIM"):
			out = append(out, chunk...)
		case name == "VP8X" && !frame && n >= 10:
			out = append(out, chunk...)
			out[begin+8] &^= saysExif | saysXMP
		case name == "ANMF" && !frame && n >= 16:
			var ok bool
			if out, ok = webpChunks(append(out, chunk[:24]...), chunk[24:], true); !ok {
				return nil, false
			}
			binary.LittleEndian.PutUint32(out[begin+4:], uint32(len(out)-begin-8))
		default:
			continue
		}
		if len(out)%2 == 1 {
			out = append(out, 0)
		}
	}
	return out, true
}
