package console

import (
	"cmp"
	"slices"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

const awayPath = "/away"

func (p *pages) awayRoutes() {
	p.page("GET "+awayPath, desk.Answer, func(v *visit) error { return p.awayPage(v, faults{}) })
	p.page("POST "+awayPath, desk.Answer, p.setAway)
	p.page("POST /back", desk.Answer, p.back)
}

// awayBody is who is away, and who does their work.
type awayBody struct {
	Own      *awayLine // of who looks; nil: they are here
	Others   []awayLine
	Covers   []desk.Covered
	Leads    bool // may say it of others
	Who      []option
	Cover    []option
	From, To string // as typed
}

type awayLine struct {
	desk.Away
	Who string
	Now bool // they are away already
}

func (p *pages) awayPage(v *visit, wrong faults) error {
	ctx := v.r.Context()
	team, err := p.desk.Answering(ctx)
	if err != nil {
		return err
	}
	aways, err := p.desk.Aways(ctx)
	if err != nil {
		return err
	}
	body := awayBody{Leads: v.who.May(desk.GiveOut), From: v.text("from"), To: v.text("until")}
	if body.Covers, err = p.desk.Covers(ctx, v.who.Who); err != nil {
		return err
	}
	if body.From == "" {
		body.From = p.o.Now().In(p.o.Location).Format(time.DateOnly)
	}
	body.Cover = []option{{Value: "", Label: "Choose"}}
	for _, w := range team {
		if w.Member != v.who.Member {
			body.Who = append(body.Who, option{Value: string(w.Member), Label: w.Name, Chosen: v.text("member") == string(w.Member)})
		}
		body.Cover = append(body.Cover, option{Value: string(w.Member), Label: w.Name, Chosen: v.text("cover") == string(w.Member)})
		a, away := aways[w.Member]
		if !away || !a.Until.After(p.o.Now()) {
			continue
		}
		line := awayLine{a, w.Name, !a.From.After(p.o.Now())}
		if w.Member == v.who.Member {
			body.Own = &line
		} else {
			body.Others = append(body.Others, line)
		}
	}
	body.Who = append([]option{{Value: "", Label: "I am"}}, body.Who...)
	slices.SortStableFunc(body.Others, func(a, b awayLine) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Who, b.Who)) })
	if len(wrong.All) > 0 || wrong.err != nil {
		return v.again("away", "Who is away", body, wrong)
	}
	return v.show("away", "Who is away", body)
}

// setAway notes that who asks is away, or, of who leads, that somebody else is. The last
// day is in it.
func (p *pages) setAway(v *visit) error {
	var wrong faults
	from, until := p.midnight(v, "from", &wrong), p.midnight(v, "until", &wrong)
	if !until.IsZero() {
		until = until.AddDate(0, 0, 1)
	}
	if len(wrong.All) == 0 {
		who, cover := bot.MemberID(v.text("member")), bot.MemberID(v.text("cover"))
		set := func() error { return p.desk.SetAway(v.r.Context(), v.who.Who, from, until, cover) }
		if who != "" {
			set = func() error { return p.desk.SetAwayOf(v.r.Context(), v.who.Who, who, from, until, cover) }
		}
		if wrong.take(set()) {
			return v.back(awayPath, "It is noted. Their work is on the list of who does it, as long as they are away.")
		}
	}
	return p.awayPage(v, wrong)
}

// midnight is when a day of a form begins; zero: it is not there.
func (p *pages) midnight(v *visit, field string, wrong *faults) time.Time {
	if v.text(field) == "" {
		return time.Time{}
	}
	day, err := time.ParseInLocation(time.DateOnly, v.text(field), p.o.Location)
	if err != nil {
		wrong.add(field, "Write the day as year, month and day, like 2026-12-04.")
	}
	return day
}

func (p *pages) back(v *visit) error {
	var err error
	if who := bot.MemberID(v.text("member")); who == "" || who == v.who.Member {
		err = p.desk.Back(v.r.Context(), v.who.Who)
	} else {
		err = p.desk.BackOf(v.r.Context(), v.who.Who, who)
	}
	if err != nil {
		return err
	}
	return v.back(awayPath, "It is noted: back at work.")
}
