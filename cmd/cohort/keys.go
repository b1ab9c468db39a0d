package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"cohort/app"
)

// keys holds what is done with the keys that uploaded files and ID numbers are sealed with.
func (p *program) keys() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "The keys that uploaded files and ID numbers are sealed with",
		Long: "Uploaded files and ID numbers are sealed (age, https://age-encryption.org) with the keys of one file, which lies apart\nfrom the data and is in no backup: without it nobody reads them. Keep a copy of it somewhere else than the backups."}
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "Say where the key file is and which keys it holds", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return p.withApp(cmd, p.listKeys) }},
		&cobra.Command{Use: "rotate", Short: "Seal everything with a new key, while the server goes on; broken off, run it again",
			Long: "Make a new key and seal every file and ID number with it. Each is read back and checked before it takes the place of the\nold one. The server may go on meanwhile. The old keys stay in the file, for backups that were made with them.",
			Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return p.withApp(cmd, p.rotateKeys) }},
		&cobra.Command{Use: "verify", Short: "Read every uploaded file and compare it with what was uploaded", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return p.withApp(cmd, p.verifyFiles) }},
		&cobra.Command{Use: "forget", Short: "Take the old keys out of the file: backups made with them can be read no more", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return p.withApp(cmd, func(ctx context.Context, a *app.App) error {
					if err := a.ForgetKeys(ctx, shell()); err != nil {
						return err
					}
					return p.listKeys(ctx, a)
				})
			}},
	)
	return cmd
}

func (p *program) listKeys(_ context.Context, a *app.App) error {
	if a.Keys == nil {
		_, err := fmt.Fprintln(p.out, "off: uploaded files and ID numbers lie in the clear")
		return err
	}
	_, err := fmt.Fprintln(p.out, "file", a.Keys.Path())
	for i, k := range a.Keys.Keys() {
		state := "current"
		if i > 0 {
			state = "old    "
		}
		if err == nil {
			_, err = fmt.Fprintln(p.out, state, k.Recipient())
		}
	}
	return err
}

func (p *program) rotateKeys(ctx context.Context, a *app.App) error {
	percent := p.percent()
	r, err := a.RotateKeys(ctx, shell(), func(done, total int) { percent(int64(done), int64(total)) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "sealed with %s: %d files and %d ID numbers written anew and checked\n", r.Key, r.Files, r.Numbers)
	return err
}

func (p *program) verifyFiles(ctx context.Context, a *app.App) error {
	bad := 0
	n, err := a.VerifyFiles(ctx, shell(), func(stored string, err error) {
		bad++
		_, _ = fmt.Fprintf(p.out, "bad  %s: %v\n", stored, err)
	})
	if err == nil && bad > 0 {
		err = fmt.Errorf("%d of %d files are not what was uploaded: restore them from a backup", bad, n)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "ok: %d files are what was uploaded\n", n)
	return err
}
