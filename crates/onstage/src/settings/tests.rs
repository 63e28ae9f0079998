//! Would catch a setting that is silently ignored, misread, or refused without its name.
