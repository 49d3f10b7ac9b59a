//! For tests and benchmarks only: a private PostgreSQL server. No network, its own directory; it is removed when the
//! process ends. Tests share one, with a database for each test.
//!
//! Databases are made with PostgreSQL's own programs: this crate has no SQL.

mod programs;
mod server;

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

pub use programs::is_installed;
pub use server::{Server, ServerKind};

/// One server for each test process, which reads its input until the process ends.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(ServerKind::Tests, &std::env::temp_dir()).expect("a PostgreSQL server"))
}

fn run(program: &str, arguments: &[&str]) {
    server().run(program, arguments).expect("the program is beside initdb and gets right arguments");
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
        run("createdb", &["prepared"]);
        prepare(&server().url("prepared"));
    });
    create("prepared")
}

fn create(template: &str) -> String {
    static NAMES: AtomicU64 = AtomicU64::new(0);
    let name = format!("test_{}", NAMES.fetch_add(1, Relaxed));
    run("createdb", &["--template", template, &name]);
    server().url(&name)
}

/// Runs a statement in a database of this crate.
pub fn run_sql(url: &str, sql: &str) {
    run("psql", &["--quiet", "--dbname", database_name(url), "--command", sql]);
}

/// Drops a database and closes its connections, so that hundreds of tests do not fill the disk.
pub fn drop_database(url: &str) {
    run("dropdb", &["--force", database_name(url)]);
}

fn database_name(url: &str) -> &str {
    url.split(['/', '?']).nth(3).expect("a URL of this crate")
}
