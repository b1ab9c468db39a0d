package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
)

// Anchor keeps the newest place of the chain outside the database, in a file,
// under a key that the database does not hold. Who only has the database cannot
// cut the trail off unseen. Whoever has the whole data folder could: for that,
// note the head somewhere else from time to time.
type Anchor struct {
	Path string
	Key  []byte
}

// anchored is what the file holds: one line of JSON.
type anchored struct {
	Head
	MAC string `json:"mac"`
}

// ErrAnchor says that the file is not what this school has written.
var ErrAnchor = errors.New("audit: the anchor file was changed or belongs to another school")

func (a Anchor) mac(h Head) string {
	m := hmac.New(sha256.New, a.Key)
	m.Write([]byte("cohort audit head " + strconv.FormatInt(h.ID, 10) + " " + h.Hash))
	return hex.EncodeToString(m.Sum(nil))
}

// Read gives the place that was kept; ID 0 where none was yet.
func (a Anchor) Read() (Head, error) {
	text, err := os.ReadFile(a.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, err
	}
	var f anchored
	if json.Unmarshal(text, &f) != nil || !hmac.Equal([]byte(f.MAC), []byte(a.mac(f.Head))) {
		return Head{}, ErrAnchor
	}
	return f.Head, nil
}

// Write keeps a place: whole or not at all.
func (a Anchor) Write(h Head) error {
	text, err := json.Marshal(anchored{h, a.mac(h)})
	if err != nil {
		return err
	}
	if err := os.WriteFile(a.Path+".new", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("audit: keeping the head: %w", err)
	}
	return os.Rename(a.Path+".new", a.Path)
}
