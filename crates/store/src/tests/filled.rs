//! Rows for every table, made from the schema: tests of migrations know no table by name.
//!
//! The schema is read from SQLite and serves both engines, which have the same tables (see [`super::schema`]).

use sqlx::{SqliteConnection, query_as};

use super::any_engine::AnyEngine;

/// Rows of a table. The last one has NULL in every column that may be NULL, and the first of each column's choices.
const ROWS: usize = 6;

/// A table of the schema.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

/// A column of the schema.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    declared_type: String,
    nullable: bool,
    /// Table and column that it refers to.
    parent: Option<(String, String)>,
    /// Literals that its CHECK permits; empty if it permits all.
    choices: Vec<String>,
}

/// The tables, parents first.
pub(super) async fn tables(sqlite: &mut SqliteConnection) -> Vec<Table> {
    let found: Vec<(String, String)> = query_as(
        "
        SELECT name, sql
          FROM sqlite_master
         WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations'
         ORDER BY name",
    )
    .fetch_all(&mut *sqlite)
    .await
    .unwrap();
    let mut unordered = Vec::new();
    for (name, sql) in found {
        unordered.push(Table { columns: columns(sqlite, &name, &sql).await, name });
    }
    let mut ordered: Vec<Table> = Vec::new();
    while !unordered.is_empty() {
        let known = |table: &Table, name: &str| table.name == name || ordered.iter().any(|before| before.name == name);
        let ready = |table: &Table| table.parents().all(|parent| known(table, parent));
        let next = unordered.iter().position(ready).expect("tables do not refer to each other in a circle");
        ordered.push(unordered.swap_remove(next));
    }
    ordered
}

#[derive(sqlx::FromRow)]
struct ColumnRow {
    name: String,
    declared_type: String,
    nullable: bool,
    parent_table: Option<String>,
    parent_column: Option<String>,
}

async fn columns(sqlite: &mut SqliteConnection, table: &str, sql: &str) -> Vec<Column> {
    let rows = query_as::<_, ColumnRow>(
        "
        SELECT c.name, c.type AS declared_type, NOT (c.\"notnull\" OR c.pk) AS nullable,
               f.\"table\" AS parent_table, f.\"to\" AS parent_column
          FROM pragma_table_info($1) c
          LEFT JOIN pragma_foreign_key_list($1) f ON f.\"from\" = c.name
         ORDER BY c.cid",
    );
    let column = |row: ColumnRow| Column {
        choices: choices(sql, &row.name),
        name: row.name,
        declared_type: row.declared_type,
        nullable: row.nullable,
        parent: row.parent_table.zip(row.parent_column),
    };
    rows.bind(table).fetch_all(sqlite).await.unwrap().into_iter().map(column).collect()
}

/// The literals of `CHECK (column IN ('a', 'b'))` or `CHECK (column = 1)`.
fn choices(sql: &str, column: &str) -> Vec<String> {
    let listed = |start: String| {
        let (_, rest) = sql.split_once(&start)?;
        let (list, _) = rest.split_once(')')?;
        Some(list.split(',').map(|literal| literal.trim().to_owned()).collect())
    };
    listed(format!("CHECK ({column} IN (")).or_else(|| listed(format!("CHECK ({column} = "))).unwrap_or_default()
}

impl Table {
    fn parents(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(|column| column.parent.as_ref()).map(|(table, _)| table.as_str())
    }

    /// A table whose key has a fixed number of values has that many rows.
    fn rows(&self) -> usize {
        let key = self.columns.first().filter(|column| !column.choices.is_empty());
        key.map_or(ROWS, |key| key.choices.len())
    }

    fn column(&self, name: &str) -> (usize, &Column) {
        let at = self.columns.iter().position(|column| column.name == name).expect("foreign keys name columns");
        (at, &self.columns[at])
    }
}

/// Inserts rows into every table.
pub(super) async fn fill(database: &mut AnyEngine, tables: &[Table]) {
    for table in tables {
        for row in 0..table.rows() {
            let names: Vec<String> = table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
            let values: Vec<String> =
                table.columns.iter().map(|column| value(database, tables, table, &column.name, row)).collect();
            let insert = format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), values.join(", "));
            let done = database.try_run(insert.clone()).await;
            assert!(done.is_ok(), "no sample row for this table: extend this file.\n{insert}\n{done:?}");
        }
    }
}

/// The literal of a column in a row. The rows of a parent are numbered like those that refer to them.
fn value(database: &AnyEngine, tables: &[Table], table: &Table, name: &str, row: usize) -> String {
    let (at, column) = table.column(name);
    if let Some((parent, to)) = &column.parent {
        let parent = tables.iter().find(|table| table.name == *parent).expect("foreign keys name tables");
        return value(database, tables, parent, to, row % parent.rows());
    }
    let last = row + 1 == ROWS;
    if last && column.nullable {
        return "NULL".to_owned();
    }
    if let Some(first) = column.choices.first() {
        let choice = if last { first } else { &column.choices[row % column.choices.len()] };
        return choice.clone();
    }
    // Numbers rise from column to column, so that what ends does so after its start.
    let number = 1000 * (row + 1) + at;
    match column.declared_type.as_str() {
        "TEXT" => format!("'{name} {row} of {}'", table.name),
        "BLOB" => database.bytes(&format!("{number:064x}")),
        "BIGINT" | "INTEGER" => number.to_string(),
        other => panic!("no sample value for the type {other} of {}.{name}: extend this file", table.name),
    }
}

/// Choices of which most rows have the first, as in a practice with a long history.
const CHOICES: [(&str, &[&str]); 7] = [
    ("status", &["booked", "confirmed", "cancelled", "completed"]),
    ("phase", &["planned", "live", "ended"]),
    ("entry", &["outside", "waiting", "admitted", "declined", "left"]),
    ("role", &["host", "guest"]),
    ("kind", &["video", "in_person"]),
    ("state", &["accepted", "queued", "failed"]),
    ("lane", &["rooms", "messages", "checks"]),
];

/// Inserts many rows into every table of PostgreSQL and counts its statistics, so that it plans as for a large practice.
/// One row in a hundred has values where there may be NULL, and another choice than the first.
pub(super) async fn fill_large(postgres: &mut AnyEngine, tables: &[Table], rows: usize) {
    for table in tables {
        let names: Vec<String> = table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        let values: Vec<String> = table.columns.iter().map(|column| expression(tables, table, &column.name)).collect();
        let rows = rows.min(if table.rows() == ROWS { rows } else { table.rows() });
        let insert = format!(
            "INSERT INTO {} ({}) SELECT {} FROM generate_series(1, {rows}) AS n",
            table.name,
            names.join(", "),
            values.join(", ")
        );
        let done = postgres.try_run(insert.clone()).await;
        assert!(done.is_ok(), "no sample rows for this table: extend this file.\n{insert}\n{done:?}");
    }
    postgres.try_run("ANALYZE".to_owned()).await.unwrap();
}

/// The value of a column in row `n`.
fn expression(tables: &[Table], table: &Table, name: &str) -> String {
    let (at, column) = table.column(name);
    if let Some((parent, to)) = &column.parent {
        let parent = tables.iter().find(|table| table.name == *parent).expect("foreign keys name tables");
        return expression(tables, parent, to);
    }
    if let Some(first) = column.choices.first() {
        return first.clone();
    }
    if let Some((_, choices)) = CHOICES.iter().find(|(column, _)| *column == name) {
        let (first, others) = (choices[0], choices[1..].join("', '"));
        return format!(
            "CASE WHEN n % 100 > 0 THEN '{first}' ELSE (ARRAY['{others}'])[n / 100 % {} + 1] END",
            choices.len() - 1
        );
    }
    let number = format!("1000::bigint * n + {at}");
    let value = match column.declared_type.as_str() {
        "TEXT" => format!("'{name} ' || n || ' of {}'", table.name),
        "BLOB" => format!("decode(lpad(to_hex({number}), 64, '0'), 'hex')"),
        _ => number,
    };
    if column.nullable { format!("CASE WHEN n % 100 = 0 THEN {value} END") } else { value }
}
