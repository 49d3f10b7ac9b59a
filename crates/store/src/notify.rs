//! PostgreSQL's `NOTIFY`: programs on one database wake each other's pages and workers.
//!
//! The notification is part of the transaction, so it is sent if and only if the transaction commits. The program that
//! commits wakes itself without the detour.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use sqlx::{PgPool, Postgres, Transaction};

use crate::wake::{Wake, Wakes};
use crate::{Error, OpenSeat, open_seats};

const CHANNEL: &str = "anteroom_commits";

/// Wakes of one notification. PostgreSQL limits its text to 8,000 bytes.
const PER_NOTIFICATION: usize = 80;

/// Pause before listening is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The text of a notification.
#[derive(Serialize, Deserialize)]
pub(crate) struct Notification<C> {
    /// The program that sends it.
    pub(crate) node: i64,
    /// Wakes, or seats.
    #[serde(rename = "wakes")]
    pub(crate) content: C,
}

/// Adds the notification of these wakes to the transaction.
pub(crate) async fn send(
    transaction: &mut Transaction<'static, Postgres>,
    wakes: &[Wake],
    sender: &Wakes,
) -> Result<(), Error> {
    for wakes in wakes.chunks(PER_NOTIFICATION) {
        let notification = Notification { node: sender.node(), content: wakes };
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
    listener.listen_all([CHANNEL, open_seats::CHANNEL]).await?;
    wakes.set_node(node);
    wakes.fire(&[Wake::All]);
    while !pool.is_closed() {
        // `None`: the connection was lost and made again.
        match listener.try_recv().await? {
            Some(sent) if sent.channel() == open_seats::CHANNEL => announced(sent.payload(), node, wakes),
            Some(sent) => committed(sent.payload(), node, wakes),
            None => wakes.fire(&[Wake::All]),
        }
    }
    Ok(())
}

fn committed(text: &str, node: i64, wakes: &Wakes) {
    match serde_json::from_str::<Notification<Vec<Wake>>>(text) {
        Ok(sent) if sent.node == node => {}
        Ok(sent) => wakes.fire(&sent.content),
        // A newer program may send what this one does not know.
        Err(_) => wakes.fire(&[Wake::All]),
    }
}

/// What cannot be read is ignored: it says nothing, and more follows.
fn announced(text: &str, node: i64, wakes: &Wakes) {
    match serde_json::from_str::<Notification<Vec<OpenSeat>>>(text) {
        Ok(sent) if sent.node == node => {}
        Ok(sent) => wakes.announced(sent.node, &sent.content),
        Err(_) => tracing::debug!("an announcement of another program cannot be read"),
    }
}
