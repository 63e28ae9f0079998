//! Would catch a sign-in storm that takes every core, or one that is turned away too early.

use super::*;

const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1 };

#[tokio::test]
async fn a_hash_fits_its_password_and_no_other() {
    let passwords = Passwords::new(CHEAP);
    let hash = passwords.hash("correct horse".to_owned(), [7; 16]).await.unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    assert!(passwords.verify("correct horse".to_owned(), Some(hash.clone())).await.unwrap());
    assert!(!passwords.verify("wrong horse".to_owned(), Some(hash)).await.unwrap());
    assert!(!passwords.verify("correct horse".to_owned(), None).await.unwrap());
    assert!(!passwords.verify("correct horse".to_owned(), Some("damaged".to_owned())).await.unwrap());
}

#[tokio::test]
async fn reaches_passwords_running_max() {
    let passwords = Passwords::new(CHEAP);
    let mut turns = Vec::new();
    for _ in 0..PASSWORDS_RUNNING_MAX {
        turns.push(passwords.turn().await.unwrap());
    }
    assert_eq!(passwords.workers.available_permits(), 0, "the next one waits");
    drop(turns);
    passwords.turn().await.unwrap();
}

#[tokio::test]
async fn reaches_passwords_waiting_max() {
    let passwords = Passwords::new(CHEAP);
    let mut running = Vec::new();
    for _ in 0..PASSWORDS_RUNNING_MAX {
        running.push(passwords.turn().await.unwrap());
    }
    let mut waiting = Vec::new();
    for _ in 0..PASSWORDS_WAITING_MAX {
        let mut wait = Box::pin(passwords.turn());
        assert!(is_pending(wait.as_mut()).await, "waits");
        waiting.push(wait);
    }
    let refused = passwords.turn().await.err().unwrap();
    assert_eq!(refused.code, Code::TryLater);
    assert_eq!(refused.retry_after_ms, Some(RETRY_AFTER_MS));
    drop(running);
    for wait in waiting {
        wait.await.unwrap();
    }
    passwords.turn().await.unwrap();
}

/// Polls once.
async fn is_pending<T>(mut future: std::pin::Pin<&mut impl Future<Output = T>>) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_pending())).await
}
