//! The database of a site.

use anteroom_store::Store;
use tempfile::TempDir;

/// Environment variable that selects the engine: `postgres`, or SQLite if it is not set.
const ENGINE: &str = "ANTEROOM_TEST_DATABASE";

/// A SQLite file, or a database of the tests' PostgreSQL server. Deleted with the site.
pub(crate) enum SiteDatabase {
    Sqlite(TempDir),
    Postgres(String),
}

impl SiteDatabase {
    /// A new database with the schema, of the engine that the environment selects.
    pub(crate) async fn new() -> (Self, Store) {
        let engine = std::env::var_os(ENGINE).unwrap_or_default();
        match engine.to_str() {
            Some("" | "sqlite") => Self::new_sqlite().await,
            Some("postgres") => Self::new_postgres().await,
            _ => panic!("{ENGINE} is neither sqlite nor postgres"),
        }
    }

    /// A new SQLite file with the schema.
    pub(crate) async fn new_sqlite() -> (Self, Store) {
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        Self::Sqlite(folder).opened().await
    }

    /// A new PostgreSQL database with the schema.
    pub(crate) async fn new_postgres() -> (Self, Store) {
        Self::Postgres(anteroom_cluster::prepared_database(migrate)).opened().await
    }

    async fn opened(self) -> (Self, Store) {
        let database = self;
        let store = Store::open(&database.url()).await.expect("a new database can be opened");
        store.migrate().await.expect("an empty database takes the schema");
        (database, store)
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("anteroom.db").display()),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// Makes every read of a consultation fail.
    pub(crate) fn set_broken(&self, is_broken: bool) {
        match self {
            Self::Sqlite(folder) => {
                let (file, away) = (folder.path().join("anteroom.db"), folder.path().join("away"));
                let (from, to) = if is_broken { (file, away) } else { (away, file) };
                std::fs::rename(from, to).expect("the file can be moved");
            }
            Self::Postgres(url) => {
                let (from, to) = if is_broken { ("consultations", "away") } else { ("away", "consultations") };
                anteroom_cluster::run_sql(url, &format!("ALTER TABLE {from} RENAME TO {to}"));
            }
        }
    }

    /// Runs a query on a thread of its own: the runtime of a test is busy while it drops its site.
    pub(crate) fn blocking<T: Send + 'static, F>(url: String, work: impl FnOnce(Store) -> F + Send + 'static) -> T
    where
        F: Future<Output = Result<T, anteroom_store::Error>>,
    {
        let worker = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be built").block_on(async move {
                let store = Store::open(&url).await?;
                let answer = work(store.clone()).await;
                store.close().await;
                answer
            })
        });
        worker.join().expect("the worker does not panic").expect("the store answers")
    }
}

/// Migrates the database that all others are copies of.
fn migrate(url: &str) {
    SiteDatabase::blocking(url.to_owned(), async |store: Store| store.migrate().await);
}

impl Drop for SiteDatabase {
    fn drop(&mut self) {
        if let Self::Postgres(url) = self {
            anteroom_cluster::drop_database(url);
        }
    }
}
