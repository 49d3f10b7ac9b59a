// Which rows of the day are newer: those on the page, or those of an update that was overtaken on its way.

/** The version of each row, by the id of its appointment. It grows with every change of the row. */
export type RowVersions = ReadonlyMap<string, number>;

/**
 * The rows of an update that are older than those on the page, which stay. A row that is older than what the page had when
 * it asked was not overtaken: the server was restored from a backup.
 */
export function overtakenRows(shown: RowVersions, update: RowVersions, asked: RowVersions): string[] {
  const isOvertaken = ([id, version]: [string, number]): boolean =>
    version < (shown.get(id) ?? version) && version >= (asked.get(id) ?? version);
  return [...update].filter(isOvertaken).map(([id]) => id);
}
