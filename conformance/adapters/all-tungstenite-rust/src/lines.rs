//! Rung 2 of the adapter contract: JSON lines on the standard streams, several cases at once.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::time::Duration;

use reference_client::{Failure, Operation, Request, run};
use serde_json::{Value, json};
use tokio::task::AbortHandle;

/// So many cases at once.
const PARALLEL: usize = 4;

/// Answers orders until `bye`, or the end of standard input.
pub(crate) async fn serve() -> Result<(), Failure> {
    let mut running: HashMap<u64, AbortHandle> = HashMap::new();
    let (sender, mut orders) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = orders.recv().await {
        let order: Value = serde_json::from_str(&line).map_err(wrong)?;
        let id = order.get("id").and_then(Value::as_u64).unwrap_or_default();
        match order.get("op").and_then(Value::as_str) {
            Some("hello") => say(&json!({
                "contract": 1,
                "subject": { "name": "reference-client", "version": env!("CARGO_PKG_VERSION"), "language": "rust" },
                "features": { "endpoints": [
                    "huawei/rtts", "huawei/rasr-short-stream", "huawei/rasr-sentence-stream",
                    "huawei/rasr-continue-stream", "ibm/tts", "volcengine/tts-v1",
                ] },
                "parallel": PARALLEL,
            }))?,
            Some("run") => {
                let task = tokio::spawn(async move {
                    let done = carry_out(&order).await;
                    say(&json!({ "id": id, "done": done }))
                });
                running.insert(id, task.abort_handle());
            }
            Some("cancel") => {
                let task = running.remove(&id).filter(|task| !task.is_finished());
                if let Some(task) = task {
                    task.abort();
                    let done = json!({ "outcome": "error", "message": "cancelled" });
                    say(&json!({ "id": id, "done": done }))?;
                }
            }
            _ => return Ok(()),
        }
    }
    Ok(())
}

async fn carry_out(order: &Value) -> Value {
    match attempt(order).await {
        Ok(()) => json!({ "outcome": "completed" }),
        Err(Failure::Unsupported) => json!({ "outcome": "unsupported" }),
        Err(Failure::Error(error)) => json!({ "outcome": "error", "message": error }),
    }
}

async fn attempt(order: &Value) -> Result<(), Failure> {
    let text = |name: &str| {
        let found = order.get(name).and_then(Value::as_str);
        found
            .map(str::to_owned)
            .ok_or_else(|| wrong(format!("the order has no {name}")))
    };
    let deadline = order.get("deadline_ms").and_then(Value::as_u64);
    let rate = order.get("rate_hz").and_then(Value::as_u64);
    let request = Request {
        url: text("url")?,
        endpoint: text("endpoint")?,
        operation: match text("do")?.as_str() {
            "synthesize" => Operation::Synthesize,
            "recognize" => Operation::Recognize,
            _ => return Err(Failure::Unsupported),
        },
        token: text("token")?,
        input: fs::read(text("in")?).map_err(wrong)?,
        format: text("format")?,
        rate_hz: rate
            .and_then(|rate| u32::try_from(rate).ok())
            .unwrap_or(16_000),
        deadline: Duration::from_millis(deadline.unwrap_or(20_000)),
    };
    let output = run(&request).await?;
    fs::write(text("out")?, output).map_err(wrong)
}

fn say(value: &Value) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{value}")
        .and_then(|()| out.flush())
        .map_err(wrong)
}

fn wrong(error: impl std::fmt::Display) -> Failure {
    Failure::Error(error.to_string())
}
