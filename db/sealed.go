package db

// Sealer encrypts texts that the database must not tell: ID numbers, contracts.
type Sealer interface {
	Seal(text string) (string, error)
	Open(stored string) (string, error) // also what was stored before there was a sealer, as it is
}

// SealWith says how private columns are sealed; without, they are kept in the clear. Call it before the first use.
func (d *DB) SealWith(s Sealer) { d.sealer = s }

// Seal gives what is stored of a private text; "" stays "".
func (tx *Tx) Seal(text string) (string, error) {
	if tx.db.sealer == nil || text == "" {
		return text, nil
	}
	return tx.db.sealer.Seal(text)
}

// Unseal gives a private text back.
func (tx *Tx) Unseal(stored string) (string, error) {
	if tx.db.sealer == nil || stored == "" {
		return stored, nil
	}
	return tx.db.sealer.Open(stored)
}
