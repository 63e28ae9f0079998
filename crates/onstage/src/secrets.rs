//! What is generated on the first start and kept in the data folder, readable by its owner alone.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore as _;
use serde::{Deserialize, Serialize};

use crate::settings::{ApiKey, Settings};

const FILE_NAME: &str = "secrets.toml";
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;
const KEY_BYTES: usize = 9;
const SECRET_BYTES: usize = 32;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    media_api_key: String,
    media_api_secret: String,
}

/// Makes the data folder, for its owner alone where it is new.
pub(crate) fn prepare_folder(folder: &Path) -> Result<(), String> {
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)
        .map_err(|error| format!("the data folder {} cannot be made: {error}", folder.display()))
}

/// The key that was given, or the one this installation has made for itself.
pub(crate) fn api_key(settings: &Settings) -> Result<ApiKey, String> {
    if let Some(given) = &settings.api_key {
        return Ok(given.clone());
    }
    let path = settings.data_dir.join(FILE_NAME);
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let kept = match fs::read_to_string(&path) {
        Ok(text) => {
            fs::set_permissions(&path, fs::Permissions::from_mode(FILE_MODE))
                .map_err(|error| wrong(&error))?;
            toml::from_str(&text).map_err(|error| wrong(&error.message()))?
        }
        Err(error) if error.kind() == ErrorKind::NotFound => make(&path).map_err(|error| wrong(&error))?,
        Err(error) => return Err(wrong(&error)),
    };
    Ok(ApiKey { key: kept.media_api_key, secret: kept.media_api_secret })
}

fn make(path: &Path) -> std::io::Result<Kept> {
    let kept =
        Kept { media_api_key: format!("API{}", random(KEY_BYTES)), media_api_secret: random(SECRET_BYTES) };
    let text = toml::to_string(&kept).map_err(std::io::Error::other)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(kept)
}

fn random(bytes: usize) -> String {
    let mut dice = vec![0; bytes];
    rand::rng().fill_bytes(&mut dice);
    URL_SAFE_NO_PAD.encode(dice)
}
