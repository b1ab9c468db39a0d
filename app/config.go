package app

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cohort/app/i18n"
	"cohort/app/mail"
	"cohort/db"
)

// Config is what a school is started with. Each value has a flag and an
// environment variable; Vars lists them.
type Config struct {
	Data          string         // folder of the database, the files and the host keys
	AgeKey        string         // file of the keys that open files and ID numbers; "" beside Data, "off" none
	CA, Revoked   string         // files of the authorities whose certificates log in, and of what they took back; "": none
	Balancers     []netip.Prefix // who may say in a PROXY header for whom a connection is
	Database      string         // file of the database; "" is cohort.db in Data
	Files         string         // s3://… of an object store; "" is the folder files in Data
	Listen        string         // TCP address
	Public        string         // host[:port] as people reach the server; "" as each reached it
	SMTP          string         // see mail.ParseConfig; "" leaves mails waiting in the outbox
	Lang          string         // zh or en: where neither account nor client say
	Zone          string         // IANA name; "" is the machine's
	LinkDays      int            // how long an enrollment link works
	StaleDays     int            // after how long without a follow-up a customer is stale
	HomeworkFiles int            // one version of homework has at most so many files
	HomeworkMiB   int            // and so many MiB together
	RollDays      int            // for how long after a lesson its lecturers may change the roll
	Log           string         // debug, info, warn, error

	BackupDir   string // folder of scheduled backups; "" makes none
	BackupHours int    // from one to the next
	BackupKeep  int    // how many are kept

	Monitor  string // address of /healthz, /readyz and /metrics; "" is off
	Profiles bool   // Go's profiles there, too

	Demo bool

	Clock func() time.Time // for tests that must always see the same; nil: the machine's
}

// Var is one setting from outside.
type Var struct {
	Flag, Env, Default, Help string
	set                      func(c *Config, value string) error
}

// Vars lists the settings in the order help shows them.
var Vars = []Var{
	{"listen", "COHORT_LISTEN", "127.0.0.1:2222", "TCP address to listen on", func(c *Config, v string) error { c.Listen = v; return goodAddr(v) }},
	{"data", "COHORT_DATA", "data", "folder of the database, uploaded files and host keys", func(c *Config, v string) error { c.Data = v; return nil }},
	{"database", "COHORT_DATABASE", "", "file of the SQLite database, or postgres://USER@HOST/DATABASE of a PostgreSQL server (default: cohort.db in the data folder)", setDatabase},
	{"age-key", "COHORT_AGE_KEY", "", "file of the keys that uploaded files and ID numbers are sealed with, outside the data folder; off keeps them in the clear (default: the data folder's name with .age-key)", func(c *Config, v string) error { c.AgeKey = v; return nil }},
	{"ca", "COHORT_CA", "", "file of the school's certificate authorities, a public key to a line: their SSH certificates log people in (default: none)", func(c *Config, v string) error { c.CA = v; return nil }},
	{"ca-revoked", "COHORT_CA_REVOKED", "", "file of certificates that were taken back: serial NUMBER, id KEY-ID, SHA256:… or a public key to a line", func(c *Config, v string) error { c.Revoked = v; return nil }},
	{"proxy", "COHORT_PROXY", "", "networks of balancers that send a PROXY header (version 1 or 2), such as 10.0.0.0/24; a header from anybody else closes the connection (default: off)", setProxy},
	{"files", "COHORT_FILES", "", "s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION of an object store for uploaded files; its keys are in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (default: the folder files in the data folder)", setFiles},
	{"public", "COHORT_PUBLIC", "", "HOST or HOST:PORT as people reach the server, shown in links (default: as each reached it)", func(c *Config, v string) error { c.Public = v; return nil }},
	{"smtp", "COHORT_SMTP", "", "smtp://USER:PASSWORD@HOST:PORT?tls=starttls|tls|none&from=ADDRESS (default: mails wait in the outbox)", setSMTP},
	{"lang", "COHORT_LANG", "zh", "zh or en: the language where neither account nor client say", setLang},
	{"zone", "COHORT_ZONE", "", "the school's time zone, such as Asia/Shanghai (default: the machine's)", setZone},
	{"link-days", "COHORT_LINK_DAYS", "14", "how many days an enrollment link works", func(c *Config, v string) error { return days(v, &c.LinkDays) }},
	{"stale-days", "COHORT_STALE_DAYS", "30", "after how many days without a follow-up a customer is stale", func(c *Config, v string) error { return days(v, &c.StaleDays) }},
	{"roll-days", "COHORT_ROLL_DAYS", "7", "for how many days after a lesson its lecturers may change the roll call", func(c *Config, v string) error { return days(v, &c.RollDays) }},
	{"homework-files", "COHORT_HOMEWORK_FILES", "10", "how many files one version of homework may have", func(c *Config, v string) error { return whole(v, "files", 1000, &c.HomeworkFiles) }},
	{"homework-mib", "COHORT_HOMEWORK_MIB", "50", "how many MiB the files of one version may have together", func(c *Config, v string) error { return whole(v, "MiB", 10_240, &c.HomeworkMiB) }},
	{"backup-dir", "COHORT_BACKUP_DIR", "", "folder for scheduled backups, best on another disk (default: none are made)", func(c *Config, v string) error { c.BackupDir = v; return nil }},
	{"backup-hours", "COHORT_BACKUP_HOURS", "24", "hours from one scheduled backup to the next", func(c *Config, v string) error { return whole(v, "hours", 8760, &c.BackupHours) }},
	{"backup-keep", "COHORT_BACKUP_KEEP", "14", "how many scheduled backups are kept", func(c *Config, v string) error { return whole(v, "backups", 10_000, &c.BackupKeep) }},
	{"monitor", "COHORT_MONITOR", "", "loopback address for /healthz, /readyz and /metrics, such as 127.0.0.1:9222 (default: off)", setMonitor},
	{"pprof", "COHORT_PPROF", "off", "on: Go's profiles at the monitor's address", setPprof},
	{"log", "COHORT_LOG", "info", "debug, info, warn or error", setLog},
}

// Set gives one setting a value from outside; the error names the variable and
// what is wrong with it.
func (v Var) Set(c *Config, value, from string) error {
	if err := v.set(c, value); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	return nil
}

// FromEnv fills a configuration with the defaults and what the environment
// says.
func FromEnv(getenv func(string) string) (Config, error) {
	var c Config
	for _, v := range Vars {
		value, from := v.Default, "--"+v.Flag
		if e := getenv(v.Env); e != "" {
			value, from = e, v.Env
		}
		if err := v.Set(&c, value, from); err != nil {
			return c, err
		}
	}
	return c, nil
}

func goodAddr(v string) error {
	host, port, err := net.SplitHostPort(v)
	if err != nil || port == "" {
		return fmt.Errorf("%q is no address: want HOST:PORT, such as 127.0.0.1:2222", v)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("%q is no port", port)
	}
	if host != "" && host != "localhost" {
		if _, err := netip.ParseAddr(host); err != nil {
			return fmt.Errorf("%q is no address of this machine: want an IP address", host)
		}
	}
	return nil
}

func setDatabase(c *Config, v string) error {
	c.Database = v
	if scheme, _, ok := strings.Cut(v, "://"); ok && !db.IsPostgres(v) {
		return fmt.Errorf("%s databases are not supported: give the path of a SQLite file, or postgres://USER@HOST/DATABASE", scheme)
	}
	return nil
}

func setSMTP(c *Config, v string) error {
	c.SMTP = v
	if _, err := mail.ParseConfig(v); err != nil {
		return fmt.Errorf("%s", strings.TrimPrefix(err.Error(), mail.Variable+": "))
	}
	return nil
}

func setLang(c *Config, v string) error {
	c.Lang = v
	if _, ok := i18n.ParseLang(v); !ok {
		return fmt.Errorf("%q is no language: want zh or en", v)
	}
	return nil
}

func setZone(c *Config, v string) error {
	c.Zone = v
	if _, err := time.LoadLocation(v); err != nil {
		return fmt.Errorf("%q is no time zone: want a name such as Asia/Shanghai", v)
	}
	return nil
}

// setMonitor takes loopback addresses only: the figures are nobody else's business, and a proxy can stand before them.
func setMonitor(c *Config, v string) error {
	c.Monitor = v
	if v == "" {
		return nil
	}
	if err := goodAddr(v); err != nil {
		return err
	}
	if !loopback(v) {
		return fmt.Errorf("%q can be reached from outside: want a loopback address, such as 127.0.0.1:9222", v)
	}
	return nil
}

// setProxy reads networks and addresses, separated by commas or blanks.
func setProxy(c *Config, v string) error {
	c.Balancers = nil
	for _, text := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		if ip, err := netip.ParseAddr(text); err == nil {
			c.Balancers = append(c.Balancers, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return fmt.Errorf("%q is no network: want such as 10.0.0.0/24 or 10.0.0.7", text)
		}
		if p.Bits() == 0 {
			return fmt.Errorf("%s is everybody: anybody could then speak for any address. Name the balancers", text)
		}
		c.Balancers = append(c.Balancers, p)
	}
	return nil
}

// Unproxied is the header with which this machine says that it speaks for itself, where it counts as a balancer.
func (c Config) Unproxied(local net.Addr) string {
	host, _, _ := net.SplitHostPort(local.String())
	ip, err := netip.ParseAddr(host)
	for _, p := range c.Balancers {
		if err == nil && p.Contains(ip) {
			return "PROXY UNKNOWN\r\n"
		}
	}
	return ""
}

func setPprof(c *Config, v string) error {
	c.Profiles = v == "on"
	if v != "on" && v != "off" {
		return fmt.Errorf("%q: want on or off", v)
	}
	return nil
}

func setLog(c *Config, v string) error {
	c.Log = v
	switch v {
	case "debug", "info", "warn", "error":
		return nil
	}
	return fmt.Errorf("%q is no log level: want debug, info, warn or error", v)
}

func days(v string, to *int) error { return whole(v, "days", 3650, to) }

// whole reads a number of things, 1 to most.
func whole(v, things string, most int, to *int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > most {
		return fmt.Errorf("%q is no number of %s: want 1 to %d", v, things, most)
	}
	*to = n
	return nil
}

// Loopback says whether only this machine can reach the address the server
// listens on.
func (c Config) Loopback() bool { return loopback(c.Listen) }

func loopback(addr string) bool {
	host, _, _ := net.SplitHostPort(addr)
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// location is the school's time zone.
func (c Config) location() *time.Location {
	if c.Zone == "" {
		return time.Local
	}
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// databaseFile is where the database is: a file, or the address of a server.
func (c Config) databaseFile() string {
	if c.Database != "" {
		return c.Database
	}
	return filepath.Join(c.Data, "cohort.db")
}

// makeData makes the data folder, for its owner only.
func (c Config) makeData() error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("data folder %q: %w", c.Data, err)
	}
	return nil
}
