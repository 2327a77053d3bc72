package bot_test

import (
	"strings"
	"testing"

	"heard/bot"
)

const refCharacters = "123456789ABCDEFGHJKMNPQRSTVWXYZ"

// A reference that was misheard must be nobody's, and not somebody else's case.
func TestAMisheardReferenceIsFound(t *testing.T) {
	for range 100 {
		ref := string(bot.NewCaseRef())
		if got, ok := bot.ParseCaseRef(ref); !ok || string(got) != ref {
			t.Fatalf("%s is not read: %q", ref, got)
		}
		plain := strings.ReplaceAll(ref[2:], "-", "")
		for i := range plain {
			for _, c := range refCharacters {
				if byte(c) != plain[i] {
					refuse(t, ref, plain[:i]+string(c)+plain[i+1:])
				}
			}
			if i > 0 && plain[i] != plain[i-1] {
				refuse(t, ref, plain[:i-1]+string(plain[i])+string(plain[i-1])+plain[i+1:])
			}
		}
	}
}

func refuse(t *testing.T, ref, wrong string) {
	t.Helper()
	if got, ok := bot.ParseCaseRef("H" + wrong); ok {
		t.Fatalf("%s, wrong for %s, is taken for %s", wrong, ref, got)
	}
}

// People type it as they read it: that is no reason to send them away.
func TestAReferenceIsReadAsPeopleTypeIt(t *testing.T) {
	ref := string(bot.NewCaseRef())
	for ref[2] == 'H' {
		ref = string(bot.NewCaseRef())
	}
	for _, text := range []string{
		ref, strings.ToLower(ref), strings.ReplaceAll(ref, "-", ""), " " + strings.ReplaceAll(ref, "-", " ") + ". ",
		strings.ReplaceAll(ref, "-", "—"), ref[2:], strings.ToLower(ref[2:]),
	} {
		if got, ok := bot.ParseCaseRef(text); !ok || string(got) != ref {
			t.Errorf("%q is not read: %q", text, got)
		}
	}
}

func FuzzParseCaseRef(f *testing.F) {
	for _, seed := range []string{"H-111-111", "h 1 1 1 1 1 1", "", "H", "\xff\xfe", "H-ſſſ-ſſſ", "١١١١١١", "H-HHH-HHH"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, ok := bot.ParseCaseRef(text)
		if !ok {
			return
		}
		if again, ok := bot.ParseCaseRef(string(ref)); !ok || again != ref || len(ref) != 9 {
			t.Errorf("%q became %q", text, ref)
		}
	})
}
