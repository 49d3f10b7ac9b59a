//! Databases of the tests' PostgreSQL server.

/// URL of a new, migrated database.
pub(super) fn fresh_database() -> String {
    anteroom_cluster::prepared_database(|url| {
        let url = url.to_owned();
        // On a new thread, because this one already runs a runtime.
        let migrate = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let store = crate::Store::open(&url).await.unwrap();
                store.migrate().await.unwrap();
                store.close().await;
            });
        });
        migrate.join().unwrap();
    })
}

/// URL of a new database without tables.
pub(super) fn empty_database() -> String {
    anteroom_cluster::empty_database()
}
