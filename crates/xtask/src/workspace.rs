//! The workspace as plain text: every file that a rule may want to look at.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::floors::Floors;
use crate::source::SourceFile;

/// Folders that hold what was made or fetched, not what was written.
const SKIPPED_FOLDERS: [&str; 9] =
    [".git", ".tools", "corpus", "coverage", "data", "dist", "node_modules", "out", "target"];

/// Everything the rules judge.
pub(crate) struct Workspace {
    /// Every text file.
    pub(crate) files: Vec<SourceFile>,
    /// What `floors.toml` says.
    pub(crate) floors: Floors,
}

impl Workspace {
    /// Reads the workspace below `root`.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let mut files = Vec::new();
        collect(root, root, &mut files)?;
        let floors = files
            .iter()
            .find(|(path, _)| path == "floors.toml")
            .ok_or_else(|| "floors.toml is missing".to_owned())
            .and_then(|(_, text)| Floors::parse(text))?;
        Ok(Self::of(files, floors))
    }

    /// A workspace of the given files; tests make small ones.
    pub(crate) fn of(files: Vec<(String, String)>, floors: Floors) -> Self {
        let mut files: Vec<SourceFile> =
            files.into_iter().map(|(path, text)| SourceFile::new(path, text)).collect();
        let places: BTreeSet<String> = files.iter().flat_map(SourceFile::test_module_places).collect();
        for file in &mut files {
            file.mark_test_below(&places);
        }
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Self { files, floors }
    }

    /// The Rust files.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.is_rust())
    }

    /// The TypeScript files.
    pub(crate) fn typescript(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.is_typescript())
    }

    /// The text of the file at `path`.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), String> {
    let broken = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(broken)? {
        let path = entry.map_err(broken)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            if !SKIPPED_FOLDERS.contains(&name.as_str()) {
                collect(root, &path, files)?;
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            files.push((relative.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(())
}
