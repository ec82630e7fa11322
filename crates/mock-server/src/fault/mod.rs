//! Faults: named deviations that the mock makes on purpose, at a named point of a session.
//!
//! ```text
//!   scenario text ─▶ Order (row, values, point, conn, times, then, seed)
//!        │ handshake                       │ session
//!        ▼                                 ▼
//!       Gate ─▶ upgrade.rs          Armed ─▶ Engine ◀─▶ Behaviour ─▶ Deed ─▶ live.rs
//! ```
//!
//! - [`catalogue`](catalogue()) lists every fault as a row; the rows of a family stand in one file,
//!   with what they do.
//! - An engine watches one session and tells a fault when its point has come.
//! - A behaviour is what one fault does; it asks for deeds and never sees a socket.
//!
//! Nothing here knows a vendor. How an error, an unknown message or a lying length looks on the
//! wire is asked of the endpoint's [`wire::dialect::Dialect`].

mod audio;
mod behaviour;
mod catalogue;
mod closing;
mod engine;
mod frames;
mod gate;
mod handshake;
mod liveness;
mod order;
mod payload;
mod plan;
mod point;
mod row;
mod segments;

pub use catalogue::catalogue;
pub use plan::OrderError;
pub use row::{Applies, Family, Fault, Kind, Parameter, Points};

pub(crate) use behaviour::{
    Aftermath, Body, CloseBody, Cuts, Deed, Frame, Leave, Outgoing, Slicing,
};
pub(crate) use catalogue::names;
pub(crate) use engine::{Engine, Next, Progress, Start};
pub(crate) use gate::{Deflate, Gate};
pub(crate) use plan::{Note, Order, Plan, Planned, connections};
