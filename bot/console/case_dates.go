package console

import (
	"time"

	"heard/bot"
)

func later(v *visit, p *pages, ref bot.CaseRef) error {
	due, err := p.dayOf(v, "later_day")
	if err != nil {
		return err
	}
	return p.desk.ProposeLater(v.r.Context(), v.who.Who, ref, v.form(), due, v.text("later_words"))
}

// dayOf reads a day of a form, which ends at five in the afternoon; empty: none.
func (p *pages) dayOf(v *visit, field string) (time.Time, error) {
	text := v.text(field)
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, p.o.Location)
	switch {
	case err != nil:
		return day, wrongField(field, "Write the day as year, month and day, like 2026-12-04.")
	case day.Add(endOfDay).Before(p.o.Now()):
		return day, wrongField(field, "This day has passed. Choose one to come.")
	}
	return day.Add(endOfDay), nil
}

const endOfDay = 17 * time.Hour
