//! Locking without the poison.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex. No holder here panics half-way through a change, so what a poisoned one
/// guards is as good as ever.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
