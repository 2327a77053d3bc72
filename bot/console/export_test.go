package console

import (
	"heard/bot/desk"
)

// FrameOf is the language of a letter's fixed words for who reads a language, and the
// name of theirs where it is another.
func (c *Console) FrameOf(language string) (lang, speaks string) {
	b := newPages(c, c.o.Desks[0]).onPaper(&desk.Letter{Language: language})
	return b.Lang, b.Speaks
}

// HasPoster tells whether there is a poster in a language.
func HasPoster(language string) bool { return postersIn()[language].Title != "" }

// AddPage serves a page of a test's own on the first desk: do gets what the form
// held and says what is wrong with it.
func (c *Console) AddPage(pattern string, need desk.Permission, do func(who desk.Who, words string, f desk.Form) error) {
	p := newPages(c, c.o.Desks[0])
	p.page(pattern, need, func(v *visit) error {
		words := v.text("words")
		var wrong faults
		if wrong.take(do(v.who.Who, words, v.form())) {
			return v.back("/", "It is done.")
		}
		return v.again("message", "A page of a test", words, wrong)
	})
}
