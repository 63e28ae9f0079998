//! What the installation chose; read by the binary and handed in.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use onstage_domain::accounts::{Plan, SignUp};

/// Settings of the server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where secrets and the database live.
    pub data_dir: PathBuf,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// Address that people use; issuer and audience of tokens.
    pub public_url: String,
    /// The server listens on loopback only: the first account becomes operator.
    pub on_loopback: bool,
    /// Who may open an account.
    pub sign_up: SignUp,
    /// Plan of new accounts.
    pub default_plan: Plan,
    /// Forwarded addresses are believed from these.
    pub trusted_proxies: Vec<Network>,
    /// Origins that may call from a browser; empty: the same origin only.
    pub cors_origins: Vec<String>,
    /// Rate limits are on.
    pub limits_enabled: bool,
    /// Cost of a password hash.
    pub password_cost: PasswordCost,
    /// Days that logs of ended sessions stay.
    pub log_retention_days: u32,
}

/// Argon2id's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// The recommendation for interactive sign-in: 19 MiB, two passes.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// A block of addresses, `10.0.0.0/8` or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u32,
}

impl Network {
    /// True when the address lies inside.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => {
                same_head(ours.to_bits(), other.to_bits(), self.prefix_bits)
            }
            (IpAddr::V6(ours), IpAddr::V6(other)) => {
                let shift = 128_u32.saturating_sub(self.prefix_bits);
                ours.to_bits().checked_shr(shift) == other.to_bits().checked_shr(shift)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

fn same_head(left: u32, right: u32, prefix_bits: u32) -> bool {
    let shift = 32_u32.saturating_sub(prefix_bits);
    left.checked_shr(shift) == right.checked_shr(shift)
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("`{text}` is not an address or a network such as 10.0.0.0/8");
        let (address, bits) = text.split_once('/').map_or((text, None), |(head, bits)| (head, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = bits.map_or(Ok(bits_max), |bits| bits.parse().map_err(|_| bad()))?;
        if prefix_bits > bits_max { Err(bad()) } else { Ok(Self { address, prefix_bits }) }
    }
}

#[cfg(test)]
mod tests;
