package sshsrv

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	gossh "golang.org/x/crypto/ssh"
)

// LoadOrMakeHostKeys reads the server's keys from dir and makes the missing
// ones: ed25519, and RSA of 3072 bits for old clients, in OpenSSH's format,
// readable by the owner only. A certificate beside a key (…-cert.pub) is shown with it. A file that is there but unreadable is an error,
// never replaced: people have pinned it.
func LoadOrMakeHostKeys(dir string) ([]gossh.Signer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("host keys: %w", err)
	}
	makers := []struct {
		file string
		make func() (crypto.Signer, error)
	}{
		{"ssh_host_ed25519_key", func() (crypto.Signer, error) {
			_, key, err := ed25519.GenerateKey(rand.Reader)
			return key, err
		}},
		{"ssh_host_rsa_key", func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 3072) }},
	}
	var keys []gossh.Signer
	for _, m := range makers {
		key, err := loadOrMake(filepath.Join(dir, m.file), m.make)
		if err != nil {
			return nil, fmt.Errorf("host key %s: %w", m.file, err)
		}
		keys = append(keys, key)
		cert, err := hostCertificate(filepath.Join(dir, m.file+"-cert.pub"), key)
		if err != nil {
			return nil, fmt.Errorf("host key %s: %w", m.file, err)
		}
		if cert != nil {
			keys = append(keys, cert)
		}
	}
	return keys, nil
}

// hostCertificate reads what the school's authority has signed of a host key ("ssh-keygen -h -s ca -I school -n HOST
// ssh_host_ed25519_key.pub"); nil where there is none. Clients that know the authority ask nobody to trust the key.
func hostCertificate(path string, key gossh.Signer) (gossh.Signer, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // there need be none
	}
	if err != nil {
		return nil, err
	}
	public, _, _, _, err := gossh.ParseAuthorizedKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	cert, ok := public.(*gossh.Certificate)
	if !ok || cert.CertType != gossh.HostCert {
		return nil, fmt.Errorf("%s is no certificate of a host", path)
	}
	return gossh.NewCertSigner(cert, modern(key))
}

func loadOrMake(path string, generate func() (crypto.Signer, error)) (gossh.Signer, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKey(path, generate)
	}
	if err != nil {
		return nil, err
	}
	return gossh.ParsePrivateKey(text)
}

// makeKey writes a new key under a temporary name first, so that a crash leaves
// no half of one, and its public half beside it.
func makeKey(path string, generate func() (crypto.Signer, error)) ([]byte, error) {
	key, err := generate()
	if err != nil {
		return nil, err
	}
	block, err := gossh.MarshalPrivateKey(key, "cohort")
	if err != nil {
		return nil, err
	}
	public, err := gossh.NewPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(block)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return nil, err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return nil, err
	}
	return text, os.WriteFile(path+".pub", gossh.MarshalAuthorizedKey(public), 0o644)
}

// modern keeps RSA host keys from signing with SHA-1, which x/crypto/ssh offers
// by default.
func modern(key gossh.Signer) gossh.Signer {
	signer, ok := key.(gossh.AlgorithmSigner)
	if !ok || key.PublicKey().Type() != gossh.KeyAlgoRSA {
		return key
	}
	limited, err := gossh.NewSignerWithAlgorithms(signer, []string{gossh.KeyAlgoRSASHA512, gossh.KeyAlgoRSASHA256})
	if err != nil {
		return key
	}
	return limited
}
