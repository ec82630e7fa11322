//! Sign-in: a key or a login in, a token out.

use crate::credentials::{Claims, Denial, Form, Secret, selector_in};
use crate::finding::Finding;
use crate::handshake::Admission;
use crate::ibm::clauses::side as clauses;
use crate::json::{Style, Value, object};
use crate::side::{Answer, Request, Response};

use super::wrong_method;

/// What somebody signs in with.
enum Presented<'p> {
    ApiKey(&'p str),
    Login(&'p str, &'p str),
}

/// `POST /identity/token`.
pub(super) fn iam(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    if request.head.method != "POST" {
        return wrong_method(request, "POST").into();
    }
    let form = request.form();
    let value = |name: &str| {
        let mut pairs = form.iter().filter(|(key, _)| key == name);
        pairs.next().map(|(_, value)| value.trim())
    };
    let grant = value("grant_type").unwrap_or_default();
    if grant != GRANT_TYPE {
        let found = match grant {
            "" => "no grant_type",
            _ => "another grant_type",
        };
        let finding = Finding::at_path(&clauses::IAM_REQUEST, "grant_type", found, GRANT_TYPE);
        return iam_error("Property missing or invalid: grant_type", finding).into();
    }
    let key = value("apikey").unwrap_or_default();
    if key.is_empty() {
        let clause = &clauses::IAM_REQUEST;
        let finding = Finding::at_path(clause, "apikey", "no API key", "an API key");
        return iam_error("Property missing or empty: apikey", finding).into();
    }
    let scope = value("scope").filter(|scope| !scope.is_empty());
    let scope = scope.unwrap_or("ibm openid").to_owned();
    let claims = match admit(&Presented::ApiKey(key), &scope, admission) {
        Ok(claims) => claims,
        Err(denial) => {
            let clause = &clauses::IAM_ERROR;
            let expected = "an API key that is configured";
            let finding = Finding::at_path(clause, "apikey", denial.found(), expected);
            return iam_error("Provided API key could not be found.", finding).into();
        }
    };
    let body = object([
        ("access_token", token(&claims, admission)),
        ("refresh_token", Value::from("not_supported")),
        ("token_type", Value::from("Bearer")),
        (
            "expires_in",
            Value::from(claims.expires_s - claims.issued_s),
        ),
        ("expiration", Value::from(claims.expires_s)),
        ("scope", Value::from(scope)),
    ]);
    no_store(Response::json(200, &body)).into()
}

/// `POST /v1/authorize`.
pub(super) fn authorize(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    login(request, admission, |token| {
        object([
            ("_messageCode_", Value::from("200")),
            ("message", Value::from("Success")),
            ("token", token),
        ])
    })
}

/// `POST /v1/preauth/signin`.
pub(super) fn signin(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    login(request, admission, |token| {
        object([
            ("_messageCode_", Value::from("200")),
            ("message", Value::from("Success")),
            ("token", token.clone()),
            ("accessToken", token),
        ])
    })
}

/// `GET /v1/preauth/validateAuth`.
pub(super) fn validate_auth(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    let (user, claims) = match by_basic(request, admission) {
        Ok(found) => found,
        Err(response) => return (*response).into(),
    };
    let body = object([
        ("username", Value::from(user)),
        ("accessToken", token(&claims, admission)),
        ("_messageCode_", Value::from("success")),
        ("message", Value::from("success")),
    ]);
    no_store(Response::json(200, &body)).into()
}

/// `GET /authorization/api/v1/token?url=`.
pub(super) fn cloud_foundry(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    match by_basic(request, admission) {
        Ok((_, claims)) => {
            let token = claims.issue(Form::Jwt, admission.credentials.seed);
            no_store(Response::new(200, "text/plain; charset=utf-8", token)).into()
        }
        Err(response) => (*response).into(),
    }
}

/// Signs in with the members of a JSON body.
fn login(request: &Request<'_>, admission: &mut Admission<'_>, wrap: fn(Value) -> Value) -> Answer {
    if request.head.method != "POST" {
        return wrong_method(request, "POST").into();
    }
    let body = match request.json() {
        Ok(parsed) => parsed.value,
        Err(problem) => {
            let finding = Finding::whole(&clauses::CP4D_REQUEST, problem, "a JSON object");
            return platform_error(400, "The request body is not valid JSON.", finding).into();
        }
    };
    // SDKs send members that they have no value for as null.
    let member = |name: &str| {
        let value = body.get(name).and_then(Value::as_str);
        value.filter(|value| !value.trim().is_empty())
    };
    let (user, password) = (member("username"), member("password"));
    let presented = match (user, password, member("api_key")) {
        (Some(_), _, Some(key)) => Presented::ApiKey(key),
        (Some(user), Some(password), None) => Presented::Login(user, password),
        _ => {
            let found = match user {
                None => "no username",
                Some(_) => "neither password nor api_key",
            };
            let expected = "username, and password or api_key";
            let finding = Finding::whole(&clauses::CP4D_REQUEST, found, expected);
            let text = "username and either password or api_key are required.";
            return platform_error(400, text, finding).into();
        }
    };
    // Whichever member it is that says where the session belongs, it is passed on.
    let claims = admit(&presented, "", admission).map(|claims| Claims {
        selector: claims
            .selector
            .or_else(|| user.and_then(selector_in))
            .or_else(|| password.and_then(selector_in)),
        ..claims
    });
    match claims {
        Ok(claims) => no_store(Response::json(200, &wrap(token(&claims, admission)))).into(),
        Err(denial) => {
            let expected = "a login that is configured";
            let finding = Finding::whole(&clauses::CP4D_ERROR, denial.found(), expected);
            platform_error(401, "The user name or credential is not valid.", finding).into()
        }
    }
}

/// Signs in with a Basic credential.
fn by_basic(
    request: &Request<'_>,
    admission: &mut Admission<'_>,
) -> Result<(String, Claims), Box<Response>> {
    if request.head.method != "GET" {
        return Err(Box::new(wrong_method(request, "GET")));
    }
    let refuse = |found: &str| {
        let expected = "Authorization: Basic with a user and a password";
        let finding = Finding::at_path(&clauses::CP4D_OLDER, "Authorization", found, expected);
        let text = "The user name or credential is not valid.";
        Box::new(platform_error(401, text, finding))
    };
    let Some((user, password)) = request.basic() else {
        return Err(refuse("no Basic credential"));
    };
    let presented = match user.as_str() {
        "apikey" => Presented::ApiKey(&password),
        _ => Presented::Login(&user, &password),
    };
    match admit(&presented, "", admission) {
        Ok(claims) => Ok((user, claims)),
        Err(denial) => Err(refuse(denial.found())),
    }
}

/// What the token of somebody who signs in says, if the credential is good.
fn admit(
    presented: &Presented<'_>,
    scope: &str,
    admission: &mut Admission<'_>,
) -> Result<Claims, Denial> {
    let (store, now_s) = (admission.credentials, admission.now_s());
    let mut lifetime_s = LIFETIME_S;
    let mut credential = None;
    if store.is_strict() {
        let (number, configured) =
            store.find("ibm", now_s, |secret| match (secret, presented) {
                (Secret::ApiKey(own), Presented::ApiKey(key)) => own == key,
                (
                    Secret::Login {
                        user: own_user,
                        password: own_password,
                        ..
                    },
                    Presented::Login(user, password),
                ) => own_user == user && own_password == password,
                _ => false,
            })?;
        lifetime_s = configured.ttl_s.unwrap_or(LIFETIME_S);
        credential = Some(number);
    }
    let id = admission.ids.uuid();
    let selector = match presented {
        Presented::ApiKey(key) => selector_in(key),
        Presented::Login(user, password) => selector_in(password).or_else(|| selector_in(user)),
    };
    Ok(Claims {
        vendor: "ibm".to_owned(),
        credential,
        subject: format!("ServiceId-{id}"),
        issuer: "https://iam.cloud.ibm.com/identity".to_owned(),
        id,
        issued_s: now_s,
        expires_s: now_s.saturating_add(lifetime_s),
        scope: scope.to_owned(),
        project: None,
        selector,
    })
}

fn token(claims: &Claims, admission: &Admission<'_>) -> Value {
    Value::from(claims.issue(Form::Jwt, admission.credentials.seed))
}

fn iam_error(text: &str, finding: Finding) -> Response {
    let body = object([
        ("errorCode", Value::from("BXNIM0415E")),
        ("errorMessage", Value::from(text)),
    ]);
    Response::json(400, &body).with_finding(finding)
}

fn platform_error(status: u16, text: &str, finding: Finding) -> Response {
    let body = object([
        ("_messageCode_", Value::from(status.to_string())),
        ("message", Value::from(text)),
    ]);
    Response::new(status, "application/json", body.write(Style::Compact)).with_finding(finding)
}

fn no_store(response: Response) -> Response {
    response.with_header("Cache-Control", "no-store")
}

const GRANT_TYPE: &str = "urn:ibm:params:oauth:grant-type:apikey";
/// The longest that a token of the vendor lives.
const LIFETIME_S: u64 = 3600;
