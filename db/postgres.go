package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"cohort/migrations"
)

// postgres is a PostgreSQL server, which several processes may share.
//
// Services are written with one writer in mind: they read, decide, write, and every entry of the audit trail carries the
// hash of the one before. So every write transaction takes one advisory lock first, for all processes together, and is
// then alone, as on SQLite; at READ COMMITTED each of its statements sees all that the writers before it have committed.
// SERIALIZABLE with retries would be no gain: all writes meet at the end of the audit trail, so of those that run at
// once all but one would be thrown away (docs/POSTGRESQL.md has the figures). Group commit pays for the lock.
type postgres struct {
	late bool // some foreign key is checked late, at the COMMIT
}

// What the server does for us in time: a writer that hangs (its machine is gone, and the network does not say so) is
// ended so that the lock comes free, and nobody waits for the lock without end.
const (
	idleWriter = 30 * time.Second
	waitWriter = 20 * time.Second
)

// writeLock is the key of the advisory lock: any number that nobody else uses in this database ("cohort" in ASCII).
const writeLock = 0x636f686f7274

func (*postgres) dialect() Dialect { return Postgres }

func (*postgres) prepare(o Options) error {
	_, err := pgx.ParseConfig(o.Path)
	if err != nil {
		return fmt.Errorf("db: the address of the database: %w", err)
	}
	return nil
}

func (*postgres) handle(o Options, writer bool) (*sql.DB, error) {
	config, err := configOf(o, "")
	if err != nil {
		return nil, fmt.Errorf("db: the address of the database: %w", err)
	}
	set := config.RuntimeParams
	set["jit"] = "off" // compiling takes longer than the statements
	if writer {
		set["idle_in_transaction_session_timeout"] = millis(idleWriter)
		set["lock_timeout"] = millis(waitWriter)
	}
	return sql.OpenDB(pgConnector{config, o.Patience, asker(config.Copy())}), nil
}

// configOf says how to connect; what names the connection in the server's lists. Both ends find out about the death of
// the other.
func configOf(o Options, what string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(o.Path)
	if err != nil {
		return nil, err
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = o.Patience
	}
	set := config.RuntimeParams
	if set["application_name"] == "" || what != "" {
		set["application_name"] = strings.TrimSpace("cohort " + what)
	}
	set["tcp_keepalives_idle"] = seconds(keepIdle)
	set["tcp_keepalives_interval"] = seconds(keepInterval)
	set["tcp_keepalives_count"] = strconv.Itoa(keepCount)
	set["tcp_user_timeout"] = millis(keepIdle + keepCount*keepInterval)
	config.DialFunc = dialWire(o.Patience, nil, nil)
	return config, nil
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// provider migrates under a lock of the session: several processes may start at once.
func (*postgres) provider(writer *sql.DB, files fs.FS) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, writer, files, goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(locker))
}

func (*postgres) migrations() fs.FS { return migrations.Postgres() }

func (p *postgres) migrated(ctx context.Context, writer *sql.DB, _ bool) error {
	if err := numberTables(ctx, writer); err != nil {
		return fmt.Errorf("db: numbers of rows: %w", err)
	}
	return writer.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_constraint WHERE condeferrable)`).Scan(&p.late)
}

func (*postgres) beginRead() string { return "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" }

// beginWrite also asks for the transaction's number, by which its outcome can be asked for when the answer to the
// COMMIT is lost.
func (*postgres) beginWrite() string {
	return "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(" + strconv.Itoa(writeLock) + "); SELECT pg_current_xact_id()::text AS " + xactColumn
}

func (*postgres) guard(*conn) error { return nil }

var errFailed = errors.New("db: a statement failed and the write function went on: PostgreSQL keeps nothing after a failure")

// spoilt tells of a statement that failed without the function saying so, after which the server refuses all others,
// and asks for the foreign keys that are checked late.
func (p *postgres) spoilt(c *conn) error {
	var status byte
	err := c.c.Raw(func(dc any) error {
		status = dc.(*pgConn).status()
		return nil
	})
	switch {
	case err != nil:
		return err
	case status != 'T':
		return errFailed
	case p.late:
		return c.control(context.Background(), "SET CONSTRAINTS ALL IMMEDIATE")
	}
	return nil
}

func (*postgres) xact(c *conn) (number string) {
	_ = c.c.Raw(func(dc any) error {
		number = dc.(*pgConn).xact
		return nil
	})
	return number
}

// outcome asks what became of a transaction whose COMMIT was not answered: the server may have done it before it, or
// the way to it, went away. known is false while it cannot be asked.
func (*postgres) outcome(ctx context.Context, pool *sql.DB, xact string) (committed, known bool) {
	var status sql.NullString
	err := pool.QueryRowContext(ctx, `SELECT pg_xact_status(CAST($1 AS xid8))`, xact).Scan(&status)
	if err == nil && status.String == "in progress" {
		// Its connection is lost: the COMMIT has either arrived or must not arrive any more.
		_, _ = pool.ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = CAST(CAST($1 AS xid8) AS xid)`, xact)
		return false, false
	}
	if err != nil {
		return false, false
	}
	return status.String == "committed", true
}

// pgConnector wraps pgx's connections in ours, on wires of ours.
type pgConnector struct {
	config   *pgx.ConnConfig
	patience time.Duration
	ask      func(string, bool) verdict
}

func (p pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	config := p.config.Copy()
	var w *wire // the one that was dialled last, of several servers
	config.DialFunc = dialWire(p.patience, p.ask, func(now *wire) { w = now })
	c, err := stdlib.GetConnector(*config).Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn := &pgConn{Conn: c.(*stdlib.Conn)}
	if err := conn.identify(ctx, w, config.ConnectTimeout); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

func (p pgConnector) Driver() driver.Driver { return stdlib.GetDefaultDriver() }

// identify finds out which process of the server is at the other end of a new connection.
func (c *pgConn) identify(ctx context.Context, w *wire, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var backend string
	err := c.Conn.Conn().QueryRow(ctx, "SELECT "+backendOf+" FROM pg_stat_activity WHERE pid = pg_backend_pid()").Scan(&backend)
	if err != nil && serverError(err) == nil && context.Cause(ctx) != context.Canceled {
		err = &errLost{err.Error()}
	}
	if err == nil {
		w.is(backend)
	}
	return err
}
