//! `POST /v3/auth/tokens`: a login in, a token out.

use super::{failure, id_of};
use crate::credentials::{Claims, Form, Secret, selector_in};
use crate::date::iso_micros;
use crate::finding::Finding;
use crate::handshake::Admission;
use crate::huawei::auth::PROJECT_SCOPE;
use crate::huawei::clauses::handshake as clauses;
use crate::json::{Value, object};
use crate::side::{Answer, Request, Response};

pub(super) fn answer(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    if request.head.method != "POST" {
        let found = format!("method {}", request.head.method);
        let finding = Finding::whole(&clauses::SIGN_IN, found, "POST");
        return failure(405, "The method is not allowed.", finding)
            .with_header("Allow", "POST")
            .into();
    }
    let body = match request.json() {
        Ok(parsed) => parsed.value,
        Err(problem) => return bad_request("", &problem, "a JSON object").into(),
    };
    match Login::read(&body) {
        Ok(login) => sign_in(&login, admission).into(),
        Err(response) => (*response).into(),
    }
}

/// What somebody signs in with, and for what.
struct Login<'b> {
    user: &'b str,
    password: &'b str,
    domain: &'b str,
    methods: Value,
    scope: Scope<'b>,
}

/// What a token is asked for.
enum Scope<'b> {
    /// A project, by id or by name.
    Project {
        id: Option<&'b str>,
        name: Option<&'b str>,
    },
    /// The domain as a whole, or nothing.
    Other,
}

impl<'b> Login<'b> {
    fn read(body: &'b Value) -> Result<Self, Box<Response>> {
        let wrong = |path: &str, found: &str, expected: &str| {
            Err(Box::new(bad_request(path, found, expected)))
        };
        let Some(identity) = body.get("auth").and_then(|auth| auth.get("identity")) else {
            return wrong("auth.identity", "nothing", "an object");
        };
        let methods = identity.get("methods").cloned().unwrap_or(Value::Null);
        let names = methods.items().unwrap_or_default();
        if !names.iter().any(|name| name.as_str() == Some("password")) {
            let expected = "[\"password\"], and no other way than with totp beside it";
            return wrong("auth.identity.methods", methods.type_name(), expected);
        }
        let user = identity.get("password").and_then(|it| it.get("user"));
        let member = |value: Option<&'b Value>, name: &str| {
            let text = value?.get(name)?.as_str()?;
            (!text.is_empty()).then_some(text)
        };
        let domain = user.and_then(|user| user.get("domain"));
        let domain = member(domain, "name").or_else(|| member(domain, "id"));
        let name = member(user, "name").or_else(|| member(user, "id"));
        let Some(name) = name else {
            return wrong("auth.identity.password.user.name", "nothing", "a name");
        };
        let Some(password) = member(user, "password") else {
            let path = "auth.identity.password.user.password";
            return wrong(path, "nothing", "a password");
        };
        let Some(domain) = domain else {
            let path = "auth.identity.password.user.domain.name";
            return wrong(path, "nothing", "the name of the account");
        };
        let scope = body.get("auth").and_then(|auth| auth.get("scope"));
        let project = scope.and_then(|scope| scope.get("project"));
        let (id, project_name) = (member(project, "id"), member(project, "name"));
        Ok(Self {
            user: name,
            password,
            domain,
            methods,
            scope: match (id, project_name) {
                (None, None) => Scope::Other,
                (id, name) => Scope::Project { id, name },
            },
        })
    }

    fn is(&self, secret: &Secret) -> bool {
        let Secret::Login {
            user,
            password,
            domain,
        } = secret
        else {
            return false;
        };
        user == self.user
            && password == self.password
            && domain.as_deref().is_none_or(|domain| domain == self.domain)
    }
}

fn sign_in(login: &Login<'_>, admission: &mut Admission<'_>) -> Response {
    let (store, now_ms) = (admission.credentials, admission.now_ms);
    let now_s = now_ms / 1000;
    let mut configured = None;
    if store.is_strict() {
        match store.find("huawei", now_s, |secret| login.is(secret)) {
            Ok(found) => configured = Some(found),
            Err(denial) => {
                let expected = "a login that is configured";
                let finding = Finding::whole(&clauses::SIGN_IN, denial.found(), expected);
                return failure(401, "The username or password is wrong.", finding);
            }
        }
    }
    let ttl_s = configured
        .and_then(|(_, it)| it.ttl_s)
        .unwrap_or(LIFETIME_S);
    let own = configured.and_then(|(_, it)| it.project.as_deref());
    let (scope, asked) = match &login.scope {
        Scope::Project { id, .. } => (PROJECT_SCOPE, id.map(str::to_owned)),
        Scope::Other => ("", None),
    };
    let said = [login.user, login.password, login.domain];
    let claims = Claims {
        vendor: "huawei".to_owned(),
        credential: configured.map(|(number, _)| number),
        // The name itself may be a secret: a selector is no one's business but ours.
        subject: id_of("user", login.user),
        issuer: "iam".to_owned(),
        id: admission.ids.uuid(),
        issued_s: now_s,
        expires_s: now_s.saturating_add(ttl_s),
        scope: scope.to_owned(),
        project: asked,
        selector: said.into_iter().find_map(selector_in),
    };
    let token = claims.issue(Form::Opaque, store.seed);
    let body = describe(login, own, now_ms, ttl_s);
    Response::json(201, &body).with_header("X-Subject-Token", token)
}

/// The body beside the token.
fn describe(login: &Login<'_>, own: Option<&str>, now_ms: u64, ttl_s: u64) -> Value {
    let domain = object([
        ("id", Value::from(id_of("domain", login.domain))),
        ("name", Value::from(login.domain)),
    ]);
    let until_ms = now_ms.saturating_add(ttl_s.saturating_mul(1000));
    let mut members = vec![
        ("catalog", Value::from(Vec::new())),
        ("expires_at", Value::from(iso_micros(until_ms))),
        ("issued_at", Value::from(iso_micros(now_ms))),
        ("methods", login.methods.clone()),
    ];
    members.push(match &login.scope {
        Scope::Project { id, name } => {
            let shown = name.unwrap_or("cn-north-4");
            let drawn = || id_of("project", shown);
            let id = id.or(own).map_or_else(drawn, str::to_owned);
            let project = object([
                ("domain", domain.clone()),
                ("id", Value::from(id)),
                ("name", Value::from(shown)),
            ]);
            ("project", project)
        }
        Scope::Other => ("domain", domain.clone()),
    });
    let role = object([("id", Value::from("0")), ("name", Value::from("te_admin"))]);
    members.push(("roles", Value::from(vec![role])));
    let user = object([
        ("domain", domain),
        ("id", Value::from(id_of("user", login.user))),
        ("name", Value::from(login.user)),
        ("password_expires_at", Value::from("")),
    ]);
    members.push(("user", user));
    object([("token", object(members))])
}

fn bad_request(path: &str, found: &str, expected: &str) -> Response {
    let finding = match path {
        "" => Finding::whole(&clauses::SIGN_IN, found, expected),
        path => Finding::at_path(&clauses::SIGN_IN, path, found, expected),
    };
    let message = match path {
        "" => "The request body is not valid JSON.".to_owned(),
        path => format!("{path} is missing or invalid."),
    };
    failure(400, &message, finding)
}

const LIFETIME_S: u64 = 86_400;
