// Package app builds every service of a school once and runs its workers. Faces
// get an App; they reach the nouns through it.
package app

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"cohort/app/audit"
	"cohort/app/blob"
	"cohort/app/bus"
	"cohort/app/catalog"
	"cohort/app/customer"
	"cohort/app/enrollment"
	"cohort/app/exchange"
	"cohort/app/handover"
	"cohort/app/home"
	"cohort/app/i18n"
	"cohort/app/keyring"
	"cohort/app/mail"
	"cohort/app/message"
	"cohort/app/notify"
	"cohort/app/org"
	"cohort/app/payment"
	"cohort/app/policy"
	"cohort/app/question"
	"cohort/app/report"
	"cohort/app/resource"
	"cohort/app/seed"
	"cohort/app/setting"
	"cohort/app/survey"
	"cohort/app/teaching"
	"cohort/app/userca"
	"cohort/db"
)

// App is one school: its database, files and services.
type App struct {
	Config Config
	Log    *slog.Logger
	DB     *db.DB
	Bus    *bus.Bus
	Engine *resource.Engine
	Zone   *time.Location
	Lang   i18n.Lang // where neither account nor client say
	Mark   string    // tells this process from others that serve the school; "" where there can be none

	Settings    *setting.Service
	Blobs       *blob.Store
	CA          *userca.Authority // whose certificates log people in; nil: nobody's
	Keys        *keyring.Ring     // opens files and ID numbers; nil: they lie in the clear
	Mail        *mail.Service
	Messages    *message.Service
	Notify      *notify.Service
	Org         *org.Service
	Catalog     *catalog.Service
	Customers   *customer.Service
	Enrollments *enrollment.Service
	Payments    *payment.Service
	Handovers   *handover.Service
	Teaching    *teaching.Service
	Exchange    *exchange.Service
	Questions   *question.Service
	Reports     *report.Service
	Surveys     *survey.Service
	Home        *home.Service

	secret   []byte
	refusals audit.Refusals
	address  atomic.Pointer[netip.AddrPort] // where the server listens, once it does
}

// Open opens or makes the school in the configured data folder: migrates the
// database, makes the secret, and the ready-made roles and sources once.
func Open(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	if err := c.makeData(); err != nil {
		return nil, err
	}
	a := &App{Config: c, Log: log, Bus: &bus.Bus{}, Zone: c.location()}
	a.Lang, _ = i18n.ParseLang(c.Lang)
	secret, err := loadSecret(c.Data)
	if err != nil {
		return nil, err
	}
	if err := a.openFiles(ctx); err != nil {
		return nil, err
	}
	if a.DB, err = db.Open(ctx, db.Options{Path: c.databaseFile(), Clock: c.Clock, Log: log}); err != nil {
		return nil, err
	}
	if c.CA != "" {
		if a.CA, err = userca.Open(c.CA, c.Revoked); err != nil {
			_ = a.DB.Close()
			return nil, fmt.Errorf("certificate authorities: %w", err)
		}
	}
	if err := a.openKeys(ctx); err != nil {
		_ = a.DB.Close()
		return nil, err
	}
	a.Blobs.Seal(a.Keys)
	if a.DB.Shared() {
		a.Blobs.Share()
		a.Mark = newMark()
	}
	if err := a.services(ctx, secret); err != nil {
		_ = a.DB.Close()
		return nil, err
	}
	return a, nil
}

// services makes the nouns, in the order in which they may know each other.
func (a *App) services(ctx context.Context, secret []byte) error {
	a.secret = secret
	smtp, err := mail.ParseConfig(a.Config.SMTP)
	if err != nil {
		return err
	}
	a.Engine = &resource.Engine{DB: a.DB, Bus: a.Bus, Zone: a.Zone}
	a.Settings = setting.New(a.DB, a.Bus, secret)
	a.Notify = notify.New(a.DB, a.Bus)
	a.Mail = mail.New(a.DB, a.Bus, func(tx *db.Tx, to int64, kind, link string, args ...any) error {
		return notify.Send(tx, a.Bus, to, kind, link, args...)
	}, smtp, a.Log)
	a.Mail.Seal(secret)
	a.declarePrivacy()
	a.messaging()
	a.Org = org.New(a.DB, a.Bus, org.Options{Engine: a.Engine, Secret: secret, Queue: a.Mail.Queue, AllowDemo: a.Config.Loopback(), SSH: a.SSHLine, Lang: a.Lang,
		Mark: a.Mark, Place: a.place, Log: a.Log})
	a.Catalog = catalog.New(a.DB, a.Bus, a.Engine)
	a.Customers = customer.New(customer.Deps{DB: a.DB, Bus: a.Bus, Engine: a.Engine, Zone: a.Zone,
		Settings: a.Settings, StaleDays: a.Config.StaleDays, Queue: a.Mail.Queue,
		MorningAt: func() string { return a.Settings.Text(morningAt) }, Ladder: func() []int64 { return a.Settings.Numbers(ladderDays) }, Log: a.Log,
		Target: func() int { return int(a.Settings.Int("target_follow_ups")) }}) // the reports declare it
	a.Enrollments = enrollment.New(enrollment.Deps{DB: a.DB, Bus: a.Bus, Engine: a.Engine, Blobs: a.Blobs, Org: a.Org, Catalog: a.Catalog,
		Customers: a.Customers, Mail: a.Mail, Secret: secret, Zone: a.Zone, Host: a.Host, LinkDays: a.Config.LinkDays, DocumentDays: a.documentDays, Lang: a.Lang, Log: a.Log})
	a.Payments = payment.New(payment.Deps{DB: a.DB, Bus: a.Bus, Engine: a.Engine, Zone: a.Zone})
	a.Teaching = teaching.New(teaching.Deps{DB: a.DB, Bus: a.Bus, Engine: a.Engine, Blobs: a.Blobs, Catalog: a.Catalog, Zone: a.Zone, Lang: a.Lang, Log: a.Log,
		RollDays: func() int { return a.Config.RollDays }, HomeworkFiles: func() int { return cmp.Or(a.Config.HomeworkFiles, teaching.DefaultHomeworkFiles) },
		HomeworkBytes: func() int64 { return cmp.Or(int64(a.Config.HomeworkMiB)<<20, teaching.DefaultHomeworkBytes) }})
	a.Enrollments.OnJoin = append(a.Enrollments.OnJoin, a.Teaching.Join)
	a.Handovers = handover.New(handover.Deps{DB: a.DB, Bus: a.Bus, Engine: a.Engine, Org: a.Org, Catalog: a.Catalog, Customers: a.Customers, Enrollments: a.Enrollments})
	a.Questions = question.New(question.Deps{DB: a.DB, Bus: a.Bus, Engine: a.Engine})
	a.Reports = report.New(a.DB, a.Engine, a.Settings, a.Zone)
	a.Surveys = survey.New(survey.Deps{DB: a.DB, Bus: a.Bus, Engine: a.Engine, Settings: a.Settings, Zone: a.Zone, Log: a.Log})
	a.Home = home.New(home.Deps{DB: a.DB, Engine: a.Engine, Reports: a.Reports, Surveys: a.Surveys, Ranks: a.Teaching, System: a.system})
	a.declare()
	if err := a.Settings.Load(ctx); err != nil {
		return err
	}
	if err := a.Org.EnsureRoles(ctx); err != nil {
		return err
	}
	if _, err := a.Catalog.EnsureTemplate(ctx, policy.System); err != nil {
		return err
	}
	if err := a.Customers.EnsureSources(ctx, policy.System); err != nil {
		return err
	}
	return a.exchange(ctx)
}

// work is one worker; it returns when ctx ends.
type work = func(context.Context) error

// Run runs the workers until ctx ends: those that each process has for itself, and those that run once for all
// processes that share the database.
func (a *App) Run(ctx context.Context) {
	p := newPeers(a)
	var wg sync.WaitGroup
	wg.Go(func() {
		a.work(ctx, map[string]work{"settings": a.Settings.Run, "org": a.Org.Run, "audit": a.trail, "hear": p.hear, "tell": p.tell})
	})
	wg.Go(func() { a.DB.Lead(ctx, func(ctx context.Context) { a.work(ctx, a.once()) }) })
	wg.Wait()
}

// once are the workers that run in one process of all: the outbox, expiry of links, sweeping of orphaned files, backups.
func (a *App) once() map[string]work {
	return map[string]work{
		"mail":        func(ctx context.Context) error { a.Mail.Run(ctx); return nil },
		"messages":    func(ctx context.Context) error { a.Messages.Run(ctx); return nil },
		"mornings":    a.Customers.Run,
		"forward":     a.forwarder().Run,
		"trash":       a.Engine.RunTrash,
		"teaching":    a.Teaching.Run,
		"enrollments": a.Enrollments.Run,
		"exchange":    a.Exchange.Run,
		"surveys":     a.Surveys.Run,
		"recover":     a.recoverImports,
		"backup":      a.backups,
		"keys":        a.sealOld,
		"search keys": func(ctx context.Context) error { return a.Customers.FillKeys(ctx, policy.System) },
	}
}

// work runs workers until ctx ends; one that fails, as when the database is away, begins anew after a while.
func (a *App) work(ctx context.Context, list map[string]work) {
	var wg sync.WaitGroup
	for name, run := range list {
		wg.Go(func() {
			for {
				err := run(ctx)
				if err == nil || ctx.Err() != nil {
					return
				}
				a.Log.Error("worker ended; it begins anew in ten seconds", "worker", name, "err", err)
				wait(ctx, 10*time.Second)
			}
		})
	}
	wg.Wait()
}

// Close closes the database after the writes that are waiting.
func (a *App) Close() error { return a.DB.Close() }

// Printer says things in a language, in the school's time zone.
func (a *App) Printer(l i18n.Lang) i18n.Printer {
	return i18n.Printer{Lang: l, Zone: a.Zone, Now: a.DB.Now}
}

// Seeding is what filling the school with made-up data needs.
func (a *App) Seeding() seed.School {
	return seed.School{DB: a.DB, Engine: a.Engine, Org: a.Org, Catalog: a.Catalog, Customers: a.Customers, Enrollments: a.Enrollments, Payments: a.Payments, Questions: a.Questions,
		Surveys: a.Surveys, Teaching: a.Teaching, Blobs: a.Blobs, Zone: a.Zone}
}
