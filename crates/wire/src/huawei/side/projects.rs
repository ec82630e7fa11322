//! `GET /v3/projects`: the id of a project that is known by name.

use super::{failure, id_of};
use crate::finding::Finding;
use crate::handshake::Admission;
use crate::huawei::auth::{Scope, caller};
use crate::huawei::clauses::handshake as clauses;
use crate::json::{Value, object};
use crate::side::{Answer, Request, Response};

pub(super) fn answer(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    let head = request.head;
    if head.method != "GET" {
        let found = format!("method {}", head.method);
        let finding = Finding::whole(&clauses::PROJECTS, found, "GET");
        return failure(405, "The method is not allowed.", finding)
            .with_header("Allow", "GET")
            .into();
    }
    let headers = ["X-Auth-Token", "Authorization"];
    if !headers
        .iter()
        .any(|name| head.filled_header(name).is_some())
    {
        let expected = "X-Auth-Token or Authorization";
        let finding = Finding::whole(&clauses::CREDENTIAL, "no credential", expected);
        return unauthorized(finding).into();
    }
    let mut project = None;
    if admission.credentials.is_strict() {
        match caller(head, Scope::Any, admission) {
            Ok(caller) => project = caller.project,
            Err(wrong) => return unauthorized(wrong.into_finding()).into(),
        }
    }
    let name = head.query_value("name").filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| "cn-north-4".to_owned());
    let id = project.unwrap_or_else(|| id_of("project", &name));
    let domain = id_of("domain", "mynah");
    let host = head.header("Host").unwrap_or("localhost");
    let itself = format!("https://{host}/v3/projects/{id}");
    let shown = object([
        ("domain_id", Value::from(domain.as_str())),
        ("is_domain", Value::from(false)),
        ("parent_id", Value::from(domain.as_str())),
        ("name", Value::from(name)),
        ("description", Value::from("")),
        ("links", object([("self", Value::from(itself))])),
        ("id", Value::from(id)),
        ("enabled", Value::from(true)),
    ]);
    let links = object([
        ("next", Value::Null),
        ("previous", Value::Null),
        ("self", Value::from(format!("https://{host}/v3/projects"))),
    ]);
    let body = object([("links", links), ("projects", Value::from(vec![shown]))]);
    Response::json(200, &body).into()
}

fn unauthorized(finding: Finding) -> Response {
    let message = "The request you have made requires authentication.";
    failure(401, message, finding)
}
