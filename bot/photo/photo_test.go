package photo_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"heard/bot/photo"
)

// picture is one of a few colours.
func picture() image.Image {
	p := image.NewRGBA(image.Rect(0, 0, 24, 16))
	for i := range p.Pix {
		p.Pix[i] = byte(i * 7)
	}
	p.Set(3, 3, color.White)
	return p
}

const home = "51.5007N 0.1246W, Pat's phone"

func segment(marker byte, data string) string {
	return "\xFF" + string([]byte{marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)}) + data
}

// tiff is what an Exif segment of a phone says: which way up, and where.
func tiff(way byte) string {
	return "Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00" + // two entries
		"\x0F\x01\x02\x00\x1D\x00\x00\x00\x26\x00\x00\x00" + "\x12\x01\x03\x00\x01\x00\x00\x00" + string([]byte{way}) + "\x00\x00\x00" + "\x00\x00\x00\x00" + home
}

// aJPEG is a photo as a phone writes it.
func aJPEG(t testing.TB, way byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	plain := b.String()
	return []byte(plain[:2] + segment(0xE0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01"+home[:3]) + segment(0xE0, "JFXX\x00"+home) + segment(0xE1, tiff(way)) +
		segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00"+home) + segment(0xE2, "ICC_PROFILE\x00\x01\x01sRGB") + segment(0xE2, "MPF\x00"+home) +
		segment(0xED, "Photoshop 3.0\x00"+home) + segment(0xFE, home) + plain[2:] + "a film: " + home)
}

func chunk(name, data string) string {
	n := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	return string(n) + name + data + string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(name+data))))
}

func aPNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	plain := b.String()
	end := len(plain) - 12
	return []byte(plain[:33] + chunk("eXIf", tiff(6)[6:]) + chunk("tEXt", home) + chunk("gAMA", "\x00\x00\xB1\x8F") + chunk("zTXt", home) + chunk("caBX", home) +
		plain[33:end] + chunk("iTXt", home) + chunk("tIME", home[:7]) + plain[end:] + home)
}

func riff(name, data string) string {
	if s := name + string(binary.LittleEndian.AppendUint32(nil, uint32(len(data)))) + data; len(data)%2 == 0 {
		return s
	} else {
		return s + "\x00"
	}
}

// aWebP is a moving one, whose frames are no pictures.
func aWebP(frame string) []byte {
	return []byte(riff("RIFF", "WEBP"+riff("VP8X", "\x2E\x00\x00\x00\x17\x00\x00\x0F\x00\x00")+riff("ICCP", "sRGB!")+riff("ANIM", "\x00\x00\x00\x00\x00\x00")+
		riff("ANMF", "sixteen bytes of"+riff("VP8L", "abc")+riff("EXIF", frame))+riff("EXIF", tiff(6))+riff("XMP ", home)) + home)
}

// Who sends a photo without their name must not tell by it where they live: their words
// to staff would not be anonymous.
func TestNothingOfTheCameraStays(t *testing.T) {
	for name, data := range map[string][]byte{"jpeg": aJPEG(t, 6), "png": aPNG(t), "webp": aWebP(home)} {
		clean, err := photo.Clean(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i := range len(home) - 2 {
			if bytes.Contains(clean, []byte(home[i:i+3])) {
				t.Errorf("%s still says %q", name, home[i:i+3])
				break
			}
		}
		for _, word := range []string{"II*", "XMP ", "EXIF", "eXIf", "MPF", "JFXX", "Photoshop"} {
			if bytes.Contains(clean, []byte(word)) {
				t.Errorf("%s still has %s", name, word)
			}
		}
	}
}

// The picture is the evidence: it stays as it was, its colours too, and the right way up.
func TestThePictureStays(t *testing.T) {
	for name, data := range map[string][]byte{"jpeg": aJPEG(t, 6), "png": aPNG(t)} {
		clean, err := photo.Clean(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, data, clean)
	}
	clean, err := photo.Clean(aJPEG(t, 6))
	if err != nil || !bytes.Contains(clean, []byte("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06")) || !bytes.Contains(clean, []byte("ICC_PROFILE")) {
		t.Errorf("it lies on its side, or has other colours: %v", err)
	}
	whole := aJPEG(t, 6)
	scan := bytes.Index(whole, []byte{0xFF, 0xDA})
	if clean, err = photo.Clean(whole[:scan+30]); err != nil || !bytes.HasSuffix(clean, []byte{0xFF, 0xD9}) {
		t.Errorf("one that broke off on its way: %v", err)
	}
	if clean, err = photo.Clean(aJPEG(t, 1)); err != nil || bytes.Contains(clean, []byte("Exif")) {
		t.Errorf("one that stands upright: %v", err)
	}
	want := riff("RIFF", "WEBP"+riff("VP8X", "\x22\x00\x00\x00\x17\x00\x00\x0F\x00\x00")+riff("ICCP", "sRGB!")+riff("ANIM", "\x00\x00\x00\x00\x00\x00")+
		riff("ANMF", "sixteen bytes of"+riff("VP8L", "abc")))
	if clean, err = photo.Clean(aWebP("odd")); err != nil || string(clean) != want {
		t.Errorf("webp: %q, %v", clean, err)
	}
}

// same compares two pictures point by point, where the first is one.
func same(t testing.TB, before, after []byte) {
	t.Helper()
	a, _, err := image.Decode(bytes.NewReader(before))
	if err != nil {
		return
	}
	b, _, err := image.Decode(bytes.NewReader(after))
	if err != nil || a.Bounds() != b.Bounds() {
		t.Fatalf("it is no picture any more: %v", err)
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				t.Fatalf("another colour at %d, %d", x, y)
			}
		}
	}
}

// What is not understood is not taken for clean.
func TestWhatCannotBeCleaned(t *testing.T) {
	whole, drawn := aJPEG(t, 6), aPNG(t)
	for name, data := range map[string][]byte{
		"nothing": nil, "a text": []byte("a photo"), "heic": []byte("\x00\x00\x00\x18ftypheic"), "gif": []byte("GIF89a"), "cut off": whole[:60],
		"a jpeg of nothing": whole[:2], "no marker": []byte("\xFF\xD8home"), "reserved": []byte("\xFF\xD8" + segment(0xF3, home)),
		"cut png": drawn[:len(drawn)-60], "unknown png": []byte(string(drawn[:33]) + chunk("HOME", home) + string(drawn[33:])),
		"cut webp": aWebP(home)[:40], "a chunk beyond its end": []byte("RIFF\x14\x00\x00\x00WEBPVP8 \xFF\xFF\xFF\xFFabcd"),
	} {
		if clean, err := photo.Clean(data); err == nil {
			t.Errorf("%s: %q", name, clean)
		}
	}
}

// Whatever somebody sends, nothing breaks, a picture stays one, and what was cleaned is
// clean.
func FuzzClean(f *testing.F) {
	for way := range byte(9) {
		f.Add(aJPEG(f, way))
	}
	f.Add(aPNG(f))
	f.Add(aWebP(home))
	f.Fuzz(func(t *testing.T, data []byte) {
		clean, err := photo.Clean(data)
		if err != nil {
			return
		}
		if len(clean) > len(data)+40 {
			t.Fatalf("%d bytes became %d", len(data), len(clean))
		}
		again, err := photo.Clean(clean)
		if err != nil || !bytes.Equal(again, clean) {
			t.Fatalf("cleaned twice it is another: %v", err)
		}
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && c.Width*c.Height < 1<<16 {
			same(t, data, clean)
		}
	})
}
