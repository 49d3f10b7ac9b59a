//! For tests only: a private PostgreSQL server with a database for each test. No network, its own directory; it is
//! removed when the test process ends.
//!
//! Databases are made with PostgreSQL's own programs: this crate has no SQL.

mod programs;
mod server;

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use server::Server;

/// One server for each test process.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

/// URL of a new database without tables.
pub fn empty_database() -> String {
    create("template1")
}

/// URL of a new database that is a copy of one which `prepare` filled, once for each process. `prepare` gets its URL and
/// leaves no connection open.
pub fn prepared_database(prepare: fn(&str)) -> String {
    static PREPARED: OnceLock<()> = OnceLock::new();
    PREPARED.get_or_init(|| {
        server().run("createdb", &["prepared"]);
        prepare(&server().url("prepared"));
    });
    create("prepared")
}

fn create(template: &str) -> String {
    static NAMES: AtomicU64 = AtomicU64::new(0);
    let name = format!("test_{}", NAMES.fetch_add(1, Relaxed));
    server().run("createdb", &["--template", template, &name]);
    server().url(&name)
}

/// Runs a statement in a database of this crate.
pub fn run_sql(url: &str, sql: &str) {
    server().run("psql", &["--quiet", "--dbname", database_name(url), "--command", sql]);
}

/// Drops a database and closes its connections, so that hundreds of tests do not fill the disk.
pub fn drop_database(url: &str) {
    server().run("dropdb", &["--force", database_name(url)]);
}

fn database_name(url: &str) -> &str {
    url.split(['/', '?']).nth(3).expect("a URL of this crate")
}
