package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"cohort/app/blob"
)

// openFiles opens where uploaded files lie: the folder files of the data folder, or an object store.
func (a *App) openFiles(ctx context.Context) (err error) {
	dir := filepath.Join(a.Config.Data, "files")
	if a.Config.Files == "" {
		a.Blobs, err = blob.Open(dir)
		return err
	}
	b, err := blob.ParseBucket(a.Config.Files)
	if err != nil {
		return fmt.Errorf("COHORT_FILES: %w", err)
	}
	a.Blobs, err = blob.OpenBucket(ctx, dir, b, os.Getenv(blob.KeyVariable), os.Getenv(blob.SecretVariable))
	if err != nil {
		return fmt.Errorf("COHORT_FILES: %w", err)
	}
	return nil
}

func setFiles(c *Config, v string) error {
	if c.Files = v; v == "" {
		return nil
	}
	_, err := blob.ParseBucket(v)
	return err
}
