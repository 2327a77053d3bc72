package desk_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heard/bot"
	"heard/bot/desk"
)

const password = "four old brown shoes"

// add adds a member who chose their password.
func (h *house) add(login string, roles ...desk.Role) desk.Who {
	h.Helper()
	id, err := h.desk.AddMember(h.ctx, desk.Operator(), login, "Sam Reed", roles, "a password for a week")
	if err != nil {
		h.Fatal(err)
	}
	who := desk.Who{Member: id, Name: "Sam Reed", Roles: roles}
	if _, err := h.desk.ChangePassword(h.ctx, who, "a password for a week", password); err != nil {
		h.Fatal(err)
	}
	return who
}

func (h *house) signIn(login string) string {
	h.Helper()
	token, err := h.desk.SignIn(h.ctx, login, password, "192.0.2.1")
	if err != nil {
		h.Fatal(err)
	}
	return token
}

// in wants a session to be there, or to have ended.
func (h *house) in(token string, want bool, why string) {
	h.Helper()
	_, err := h.desk.SignedIn(h.ctx, token)
	if want && err != nil {
		h.Errorf("%s: %v", why, err)
	}
	if !want {
		h.refused(err, desk.RejectSignIn, why)
	}
}

// did lists what the audit log holds, with its members.
func (h *house) did(who desk.Who) (all []string) {
	h.Helper()
	lines, err := h.store.AuditTrail(h.ctx, hospital, 1, 1000)
	if err != nil {
		h.Fatal(err)
	}
	for _, l := range lines {
		if l.Record.Member == who.Member || l.Record.On == string(who.Member) {
			all = append(all, l.Record.Did)
		}
	}
	return all
}

// A member signs in as whoever was added, and every step is in the audit log.
func TestSignInAndOut(t *testing.T) {
	h := open(t)
	sam := h.add("Sam@Hospital.example", desk.Handler, desk.Guardian)
	token := h.signIn(" sam@hospital.EXAMPLE ")
	got, err := h.desk.SignedIn(h.ctx, token)
	if err != nil || got.Member != sam.Member || got.Name != "Sam Reed" || !got.May(desk.SeeGuarded) || got.MustChange || !got.HasPassword {
		t.Errorf("signed in as %+v, %v", got, err)
	}
	h.in(token+"x", false, "a made-up session")
	h.in("", false, "no session")
	if err := h.desk.SignOut(h.ctx, token); err != nil {
		t.Fatal(err)
	}
	h.in(token, false, "after signing out")
	_, err = h.desk.SignIn(h.ctx, "sam@hospital.example", "not the password", "192.0.2.1")
	h.refused(err, desk.RejectSignIn, "a wrong password")
	want := "add a member, change their password, sign in, sign in, sign out, fail to sign in"
	if got := strings.Join(h.did(sam), ", "); got != want {
		t.Errorf("the audit log says %q\nwant %q", got, want)
	}
}

// A colleague at a desk that was left, or with a cookie of yesterday, is not the one
// who signed in.
func TestSessionsEnd(t *testing.T) {
	h := open(t)
	h.add("sam", desk.Handler)
	token := h.signIn("sam")
	h.now = h.now.Add(59 * time.Minute)
	h.in(token, true, "within the hour")
	h.now = h.now.Add(59 * time.Minute)
	h.in(token, true, "within an hour of the last page")
	h.now = h.now.Add(61 * time.Minute)
	h.in(token, false, "after an idle hour")
	token = h.signIn("sam")
	for range 23 {
		h.now = h.now.Add(30 * time.Minute)
		h.in(token, true, "while pages are read")
	}
	h.now = h.now.Add(31 * time.Minute)
	h.in(token, false, "after twelve hours")
}

// Who leaves is out at once, and who lost a phone can end what is open on it.
func TestWhatEndsAllSessions(t *testing.T) {
	h := open(t)
	sam, admin := h.add("sam", desk.Handler), h.add("admin", desk.Administrator)
	one, other := h.signIn("sam"), h.signIn("sam")
	if err := h.desk.SignOutEverywhere(h.ctx, sam); err != nil {
		t.Fatal(err)
	}
	h.in(one, false, "signed out everywhere")
	h.in(other, false, "signed out everywhere")
	one = h.signIn("sam")
	two, err := h.desk.ChangePassword(h.ctx, sam, password, "five old brown shoes")
	if err != nil {
		t.Fatal(err)
	}
	h.in(one, false, "a session from before the password was changed")
	h.in(two, true, "the session that goes on")
	if err := h.desk.GivePassword(h.ctx, admin, sam.Member, password); err != nil {
		t.Fatal(err)
	}
	h.in(two, false, "a session from before a password was given")
	one = h.signIn("sam")
	if err := h.desk.Disable(h.ctx, admin, sam.Member, true); err != nil {
		t.Fatal(err)
	}
	h.in(one, false, "a session of who was disabled")
	_, err = h.desk.SignIn(h.ctx, "sam", password, "")
	h.refused(err, desk.RejectSignIn, "a sign-in of who was disabled")
	if err := h.desk.Disable(h.ctx, admin, sam.Member, false); err != nil {
		t.Fatal(err)
	}
	h.in(one, false, "an old session of who is back")
	h.signIn("sam")
}

// What a member may do changes with their next page.
func TestRolesChange(t *testing.T) {
	h := open(t)
	sam, admin := h.add("sam", desk.Handler), h.add("admin", desk.Administrator)
	token := h.signIn("sam")
	if err := h.desk.SetRoles(h.ctx, admin, sam.Member, []desk.Role{desk.Lead, desk.Lead, desk.Analyst}); err != nil {
		t.Fatal(err)
	}
	got, err := h.desk.SignedIn(h.ctx, token)
	if err != nil || !got.May(desk.GiveOut) || len(got.Roles) != 2 {
		t.Errorf("the roles are %v, %v", got.Roles, err)
	}
	can, err := h.desk.Answering(h.ctx)
	if err != nil || len(can) != 1 || can[0].Member != sam.Member {
		t.Errorf("a case can be given to %v, %v", can, err)
	}
}

// Only administrators manage members, and none can lock themselves out.
func TestWhoManagesMembers(t *testing.T) {
	h := open(t)
	sam, admin := h.add("sam", desk.Handler, desk.Lead), h.add("admin", desk.Administrator)
	_, err := h.desk.Members(h.ctx, sam)
	h.refused(err, desk.RejectNotAllowed, "a lead lists members")
	_, err = h.desk.AddMember(h.ctx, sam, "x", "X", []desk.Role{desk.Lead}, "")
	h.refused(err, desk.RejectNotAllowed, "a lead adds a member")
	h.refused(h.desk.SetRoles(h.ctx, sam, sam.Member, []desk.Role{desk.Administrator}), desk.RejectNotAllowed, "a lead makes themselves administrator")
	h.refused(h.desk.Disable(h.ctx, sam, admin.Member, true), desk.RejectNotAllowed, "a lead disables the administrator")
	h.refused(h.desk.GivePassword(h.ctx, sam, admin.Member, "a password of my own"), desk.RejectNotAllowed, "a lead sets the administrator's password")
	h.refused(h.desk.SetRoles(h.ctx, admin, admin.Member, []desk.Role{desk.Lead}), desk.RejectField, "the administrator gives themselves up")
	h.refused(h.desk.Disable(h.ctx, admin, admin.Member, true), desk.RejectNotAllowed, "the administrator disables themselves")
	h.refused(h.desk.SetRoles(h.ctx, admin, "nobody", []desk.Role{desk.Lead}), desk.RejectNoMember, "a member that there is not")
	_, err = h.desk.Audit(h.ctx, sam, 0)
	h.refused(err, desk.RejectNotAllowed, "a lead reads the audit log")
	_, err = h.desk.CheckAudit(h.ctx, sam)
	h.refused(err, desk.RejectNotAllowed, "a lead checks the audit log")
	all, err := h.desk.Members(h.ctx, admin)
	if err != nil || len(all) != 2 || strings.Contains(all[0].Password, "argon") {
		t.Errorf("members: %v, %v", all, err)
	}
}

// Two members with one login would be one another.
func TestALoginIsOneMembers(t *testing.T) {
	h := open(t)
	h.add("sam@hospital.example", desk.Handler)
	_, err := h.desk.AddMember(h.ctx, desk.Operator(), "SAM@hospital.example", "Other", []desk.Role{desk.Lead}, "")
	h.refused(err, desk.RejectField, "the same login")
	var added atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := h.desk.AddMember(h.ctx, desk.Operator(), "bo", "Bo", []desk.Role{desk.Lead}, ""); err == nil {
				added.Add(1)
			}
		})
	}
	all.Wait()
	members, err := h.desk.Members(h.ctx, desk.Operator())
	if err != nil || added.Load() > 1 || len(members) != 1+int(added.Load()) {
		t.Errorf("added at once: %d, members %d, %v", added.Load(), len(members), err)
	}
}

// Everything that is wrong with a new member is told at once, by its field.
func TestWhatIsWrongWithAMember(t *testing.T) {
	h := open(t)
	_, err := h.desk.AddMember(h.ctx, desk.Operator(), "two words", "\n", nil, "")
	var fields []string
	for _, f := range desk.FieldErrors(err) {
		fields = append(fields, f.Field)
	}
	if got := strings.Join(fields, " "); got != "name login roles" {
		t.Errorf("wrong: %q", got)
	}
	for name, bad := range map[string]string{"short": "eleven char", "long": strings.Repeat("long ", 300), "login": "Sam.Reed@Hospital.example", "not text": "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		_, err := h.desk.AddMember(h.ctx, desk.Operator(), "sam.reed@hospital.example", "Sam", []desk.Role{desk.Lead}, bad)
		if all := desk.FieldErrors(err); len(all) != 1 || all[0].Field != "password" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A password that was given to somebody is theirs for a week.
func TestAGivenPasswordEnds(t *testing.T) {
	h := open(t)
	if _, err := h.desk.AddMember(h.ctx, desk.Operator(), "sam", "Sam", []desk.Role{desk.Lead}, password); err != nil {
		t.Fatal(err)
	}
	got, err := h.desk.SignedIn(h.ctx, h.signIn("sam"))
	if err != nil || !got.MustChange {
		t.Errorf("%+v, %v", got, err)
	}
	h.now = h.now.Add(8 * 24 * time.Hour)
	_, err = h.desk.SignIn(h.ctx, "sam", password, "")
	h.refused(err, desk.RejectSignIn, "after a week")
}

// wait is how long a sign-in has to wait; 0: it need not.
func wait(err error) time.Duration {
	var slow *desk.SlowError
	if errors.As(err, &slow) {
		return slow.Wait
	}
	return 0
}

// Guesses get slower from the sixth on, for whoever there is and is not, and from
// wherever they come; the one who knows the password waits it out.
func TestGuessingIsSlow(t *testing.T) {
	h := open(t)
	h.add("sam", desk.Handler)
	for _, login := range []string{"sam", "nobody"} {
		for range 5 {
			if _, err := h.desk.SignIn(h.ctx, login, "a guess", ""); wait(err) > 0 {
				t.Fatal("one of the first five has to wait")
			}
		}
		var longest time.Duration
		for range 15 {
			_, err := h.desk.SignIn(h.ctx, login, "a guess", "")
			if wait(err) < longest/2 || wait(err) == 0 {
				t.Fatalf("%s: %v after %v", login, wait(err), longest)
			}
			longest = wait(err)
			h.now = h.now.Add(wait(err))
			_, err = h.desk.SignIn(h.ctx, login, "a guess", "")
			h.refused(err, desk.RejectSignIn, "after the time")
		}
		if longest < 14*time.Minute || longest > 16*time.Minute {
			t.Errorf("the longest wait is %v", longest)
		}
	}
	h.now = h.now.Add(15 * time.Minute)
	h.signIn("sam")
	if _, err := h.desk.SignIn(h.ctx, "sam", "a guess", ""); wait(err) > 0 {
		t.Error("what failed before a sign-in still counts")
	}
}

// Many names tried from one address are slowed down too, and a member's own sign-in
// does not wipe that out.
func TestGuessingFromOneAddress(t *testing.T) {
	h := open(t)
	h.add("sam", desk.Handler)
	slowed := 0
	for i := range 60 {
		if _, err := h.desk.SignIn(h.ctx, string(rune('a'+i)), "a guess", "192.0.2.1"); wait(err) > 0 {
			slowed++
			h.now = h.now.Add(wait(err))
			h.signIn("sam")
		}
	}
	if slowed < 5 {
		t.Errorf("slowed down %d times", slowed)
	}
}

// Guesses made at once are no more than guesses made in turn.
func TestGuessingAtOnce(t *testing.T) {
	h := open(t)
	h.add("sam", desk.Handler)
	var tried atomic.Int32
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			_, err := h.desk.SignIn(h.ctx, "sam", "a guess", "")
			if r := new(bot.Rejection); errors.As(err, &r) && r.Code == desk.RejectSignIn {
				tried.Add(1)
			}
		})
	}
	all.Wait()
	if n := tried.Load(); n > 5 {
		t.Errorf("%d passwords were tried", n)
	}
}

// The old password must be known to change it, and guessing it is slow.
func TestChangingAPasswordTakesTheOldOne(t *testing.T) {
	h := open(t)
	sam := h.add("sam", desk.Handler)
	_, err := h.desk.ChangePassword(h.ctx, sam, "a guess that is wrong", "five old brown shoes")
	if all := desk.FieldErrors(err); len(all) != 1 || all[0].Field != "old" {
		t.Errorf("a wrong old password: %v", err)
	}
	_, err = h.desk.ChangePassword(h.ctx, sam, password, password)
	h.refused(err, desk.RejectField, "the same again")
	for range 5 {
		_, _ = h.desk.ChangePassword(h.ctx, sam, "a guess that is wrong", "five old brown shoes")
	}
	_, err = h.desk.ChangePassword(h.ctx, sam, password, "five old brown shoes")
	h.refused(err, desk.RejectSlow, "after five guesses")
}

// When the cost of a password rises, it does for everybody who signs in.
func TestACheapHashIsMadeAgain(t *testing.T) {
	h := open(t)
	sam := h.add("sam", desk.Handler)
	if err := h.desk.Cheapen(h.ctx, sam.Member, password); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		h.signIn("sam")
		if hash, err := h.desk.HashOf(h.ctx, sam.Member); err != nil || !strings.Contains(hash, "m=19456,t=2,p=1") {
			t.Errorf("the hash is %q, %v", hash, err)
		}
	}
}
