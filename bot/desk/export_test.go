package desk

import (
	"context"

	"golang.org/x/crypto/argon2"

	"heard/bot"
)

// Cheapen makes a member's password one of a hash that costs less than today's.
func (d *Desk) Cheapen(ctx context.Context, id bot.MemberID, password string) error {
	m, err := d.member(ctx, id)
	if err != nil {
		return err
	}
	salt := random(hashSalt)
	m.Password = encoded(salt, argon2.IDKey(typed(password), salt, 1, 64, 1, hashLength), 64, 1, 1)
	return d.putMember(ctx, m)
}

// HashOf is the hash of a member's password.
func (d *Desk) HashOf(ctx context.Context, id bot.MemberID) (string, error) {
	m, err := d.member(ctx, id)
	return m.Password, err
}
