//! PostgreSQL's `NOTIFY`: programs on one database wake each other's pages and workers.
//!
//! The notification is part of the transaction, so it is sent if and only if the transaction commits. The program that
//! commits wakes itself without the detour.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use sqlx::{PgPool, Postgres, Transaction};

use crate::Error;
use crate::wake::{Wake, Wakes};

const CHANNEL: &str = "anteroom_commits";

/// Wakes of one notification. PostgreSQL limits its text to 8,000 bytes.
const PER_NOTIFICATION: usize = 80;

/// Pause before listening is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The text of a notification.
#[derive(Serialize, Deserialize)]
struct Notification<W> {
    /// The program that committed.
    node: i64,
    wakes: W,
}

/// Adds the notification of these wakes to the transaction.
pub(crate) async fn send(
    transaction: &mut Transaction<'static, Postgres>,
    wakes: &[Wake],
    sender: &Wakes,
) -> Result<(), Error> {
    for wakes in wakes.chunks(PER_NOTIFICATION) {
        let notification = Notification { node: sender.node(), wakes };
        let text = serde_json::to_string(&notification).expect("ids and variant names always serialize");
        sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text).execute(&mut **transaction).await?;
    }
    Ok(())
}

/// Reports what other programs commit, until the pool is closed.
#[expect(clippy::disallowed_methods, reason = "the pause before a lost database is tried again")]
pub(crate) async fn listen(pool: PgPool, wakes: Wakes) {
    while !pool.is_closed() {
        if let Err(error) = receive(&pool, &wakes).await
            && !pool.is_closed()
        {
            tracing::warn!(%error, "commits of other programs are not reported");
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }
}

/// Whenever it begins to listen, commits may have been missed, so everybody is woken.
async fn receive(pool: &PgPool, wakes: &Wakes) -> Result<(), sqlx::Error> {
    // A transaction number is never given twice.
    let (node,): (i64,) = sqlx::query_as("SELECT txid_current()").fetch_one(pool).await?;
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    wakes.set_node(node);
    wakes.fire(&[Wake::All]);
    while !pool.is_closed() {
        // `None`: the connection was lost and made again.
        let text = listener.try_recv().await?.map(|sent| sent.payload().to_owned());
        match text.as_deref().map(serde_json::from_str::<Notification<Vec<Wake>>>) {
            Some(Ok(sent)) if sent.node == node => {}
            Some(Ok(sent)) => wakes.fire(&sent.wakes),
            // A newer program may send what this one does not know.
            Some(Err(_)) | None => wakes.fire(&[Wake::All]),
        }
    }
    Ok(())
}
