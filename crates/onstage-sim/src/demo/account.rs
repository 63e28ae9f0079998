//! Accounts of the people of a show.

use crate::Fault;
use crate::api::{Door, Person, SignUp};

/// With what somebody signs in.
#[derive(Clone)]
pub struct Credentials {
    /// Unique name.
    pub handle: String,
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Credentials").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl Credentials {
    /// A name with a number behind it, so that a second show finds it free.
    fn invent(name: &str) -> Self {
        let handle = format!("{}_{:05}", name.to_lowercase(), rand::random::<u16>());
        Self { handle, password: format!("{:032x}", rand::random::<u128>()) }
    }
}

/// Opens an account under this name.
pub(super) async fn sign_up(door: &Door, name: &str) -> Result<Person, Fault> {
    sign_up_with(door, name, None).await.map(|(person, _credentials)| person)
}

/// Opens an account somebody else may sign in to. The first account of an installation may need a code.
pub(super) async fn sign_up_with(
    door: &Door,
    name: &str,
    setup_code: Option<&str>,
) -> Result<(Person, Credentials), Fault> {
    let credentials = Credentials::invent(name);
    let Credentials { handle, password } = &credentials;
    let person = door.sign_up(SignUp { handle, display_name: name, password, setup_code }).await?;
    Ok((person, credentials))
}
