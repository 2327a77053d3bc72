package console

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"heard/bot"
	"heard/bot/desk"
)

func (p *pages) letterRoutes() {
	p.page("GET /cases/{ref}/letter", desk.Answer, p.letter)
}

// letterBody is an outcome on paper. The browser prints it, to paper or as a PDF.
type letterBody struct {
	*desk.Letter
	W      letterWords
	Lang   string
	Day    string
	Points []letterPoint
	Rights string
	Checks string // who checks the provider, in a sentence that the address follows; empty: nobody is known
	Speaks string // the language they read, where the letter's fixed words are not in it; empty: they are
}

type letterPoint struct {
	Number  string
	Words   string // the person's own
	Found   []string
	Actions []string
}

func (p *pages) letter(v *visit) error {
	l, err := p.desk.Letter(v.r.Context(), v.who.Who, readRef(v.r.PathValue("ref")))
	if err != nil {
		return err
	}
	return v.show("letter", "Letter of "+string(l.Ref), p.onPaper(l))
}

// onPaper is a letter in its person's language, as far as there are words in it.
func (p *pages) onPaper(l *desk.Letter) letterBody {
	lang, w := letterIn(l.Language)
	b := letterBody{Letter: l, W: w, Lang: lang, Day: w.day(l.On.In(p.o.Location))}
	for i, f := range l.Answer.Findings {
		b.Points = append(b.Points, w.point(i, f))
	}
	b.Rights = fmt.Sprintf(w.Rights, l.Ombudsman.Name, l.Ombudsman.Months)
	if l.Regulator != nil {
		b.Checks = capital(fmt.Sprintf(w.Regulator, l.Regulator.Name))
	}
	if l.Language != "" && l.Language != lang {
		b.Speaks = p.languageName(l.Language)
	}
	return b
}

func (w letterWords) point(i int, f bot.Finding) letterPoint {
	one := letterPoint{Number: fmt.Sprintf(w.Point, i+1), Words: f.Point}
	add := func(texts ...string) {
		for _, t := range texts {
			if t != "" {
				one.Found = append(one.Found, t)
			}
		}
	}
	add(w.Findings[f.Kind])
	if f.Body != "" && f.Kind == bot.OtherBody {
		add(f.Body)
	}
	add(f.Words, f.Apology, f.NoAction)
	for _, a := range f.Actions {
		one.Actions = append(one.Actions, fmt.Sprintf(w.Action, strings.TrimRight(a.What, ". "), strings.TrimRight(a.Owner, ". "), w.day(a.Due)))
	}
	return one
}

// letterWords are what stands on every letter, in one language.
type letterWords struct {
	Salutation, Reference, About, Point, Said, Done, Action, Wish, Next, Rights, Regulator, Signed string

	Findings map[bot.FindingKind]string
	Months   []string
}

// capital begins a sentence.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func (w letterWords) day(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), w.Months[t.Month()-1], t.Year())
}

// letterIn is the words in somebody's language: English where there are none.
func letterIn(language string) (string, letterWords) {
	if w, ok := lettersIn[language]; ok {
		return language, w
	}
	return "en", lettersIn["en"]
}

// lettersIn are the words by language.
var lettersIn = map[string]letterWords{
	"en": {
		Salutation: "To the person who wrote to us", Reference: "Our reference", About: "Our answer to your complaint",
		Point: "Point %d", Said: "You said", Done: "What is done", Action: "%s. By whom: %s. By %s.", Wish: "What you asked for",
		Next: "What you can do next", Signed: "Signed",
		Rights:    "If you have a question or do not agree, tell us, and we look at it again. You can also go to %s, who is independent and free, within %d months of knowing of what you complain about.",
		Regulator: "%s checks services like ours. It does not decide complaints, but you can tell it about your care:",
		Findings: map[bot.FindingKind]string{
			bot.Upheld: "We found that this went wrong. We uphold this point.", bot.PartlyUpheld: "We found that part of this went wrong. We uphold this point in part.",
			bot.NotUpheld: "We did not find that this went wrong. We do not uphold this point.", bot.PointWithdrawn: "You took this point back, so we did not look at it.",
			bot.NoFinding: "We could not find out enough to say.", bot.OtherBody: "Others must answer this:",
		},
		Months: []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	},
	"cy": {
		Salutation: "At y person a ysgrifennodd atom", Reference: "Ein cyfeirnod", About: "Ein hateb i'ch cwyn",
		Point: "Pwynt %d", Said: "Fe ddywedoch", Done: "Beth sy'n cael ei wneud", Action: "%s. Gan bwy: %s. Erbyn %s.", Wish: "Yr hyn y gofynnoch amdano",
		Next: "Beth allwch chi ei wneud nesaf", Signed: "Llofnod",
		Rights:    "Os oes gennych gwestiwn neu os ydych yn anghytuno, dywedwch wrthym, ac edrychwn eto. Gallwch hefyd fynd at %s, sy'n annibynnol ac am ddim, o fewn %d mis i ddod i wybod am yr hyn yr ydych yn cwyno amdano.",
		Regulator: "Arolygir gwasanaethau fel ein rhai ni gan %s. Nid ydynt yn dyfarnu ar gwynion, ond gallwch ddweud wrthynt am eich gofal:",
		Findings: map[bot.FindingKind]string{
			bot.Upheld: "Gwelsom fod hyn wedi mynd o'i le. Rydym yn cadarnhau'r pwynt hwn.", bot.PartlyUpheld: "Gwelsom fod rhan o hyn wedi mynd o'i le. Rydym yn cadarnhau rhan o'r pwynt hwn.",
			bot.NotUpheld: "Ni welsom fod hyn wedi mynd o'i le. Nid ydym yn cadarnhau'r pwynt hwn.", bot.PointWithdrawn: "Fe dynnoch y pwynt hwn yn ôl, felly nid edrychwyd arno.",
			bot.NoFinding: "Ni allem ddarganfod digon i ddweud.", bot.OtherBody: "Rhaid i eraill ateb hyn:",
		},
		Months: []string{"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"},
	},
}
