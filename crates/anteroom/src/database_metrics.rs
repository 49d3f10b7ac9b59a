//! Counters of the database for `GET /metrics`.

use anteroom_store::Counts;

/// In the text format of Prometheus.
pub(crate) fn text(counts: Counts) -> String {
    let counter =
        |name: &str, help: &str, value: u64| format!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n");
    counter("anteroom_database_transactions_total", "Write transactions begun.", counts.transactions)
        + &counter(
            "anteroom_database_commits_total",
            "Commits written to the disk by SQLite, each of one or more transactions. 0 with PostgreSQL.",
            counts.commits,
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_counters_are_listed() {
        let text = text(Counts { transactions: 12, commits: 5 });
        assert!(text.contains("\nanteroom_database_transactions_total 12\n"), "{text}");
        assert!(text.ends_with("\nanteroom_database_commits_total 5\n"), "{text}");
    }
}
