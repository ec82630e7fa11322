//! How programs come to trust the CA of a mock, and to go through it.

/// What one kind of program needs. `{ca}` stands for the file of the CA, `{host}`, `{port}`
/// and `{authority}` for the mock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trust {
    /// A language of `mynah env`, or `browser`.
    pub(crate) language: &'static str,
    /// What it is called in prose.
    pub(crate) title: &'static str,
    /// How it trusts the CA.
    pub(crate) trust: &'static str,
    /// How a program whose URL is built in goes through `--connect-proxy`.
    pub(crate) proxy: &'static str,
}

/// Every kind of program.
pub(crate) const TRUST: &[Trust] = &[
    Trust {
        language: "python",
        title: "Python",
        trust: "\
export SSL_CERT_FILE={ca}                 # ssl, websockets, aiohttp, httpx
export REQUESTS_CA_BUNDLE={ca}            # requests, and SDKs built on it
export WEBSOCKET_CLIENT_CA_BUNDLE={ca}    # websocket-client
",
        proxy: "\
export HTTPS_PROXY=http://{authority}    # requests, websocket-client, websockets from 15; aiohttp with trust_env=True
",
    },
    Trust {
        language: "node",
        title: "Node",
        trust: "\
export NODE_EXTRA_CA_CERTS={ca}    # read once, when node starts
",
        proxy: "\
# ws and most SDKs take an agent: new HttpsProxyAgent('http://{authority}') of https-proxy-agent
export HTTPS_PROXY=http://{authority} NODE_USE_ENV_PROXY=1    # fetch and https, from Node 24
",
    },
    Trust {
        language: "java",
        title: "Java",
        trust: "\
keytool -importcert -noprompt -alias mynah -file {ca} -keystore mynah-trust.p12 -storetype PKCS12 -storepass changeit
export JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=mynah-trust.p12 -Djavax.net.ssl.trustStorePassword=changeit'
",
        proxy: "\
export JAVA_TOOL_OPTIONS=\"$JAVA_TOOL_OPTIONS -Dhttps.proxyHost={host} -Dhttps.proxyPort={port}\"
",
    },
    Trust {
        language: "go",
        title: "Go",
        trust: "\
export SSL_CERT_FILE={ca}    # Linux and BSD; elsewhere tls.Config{RootCAs: pool}
",
        proxy: "\
export HTTPS_PROXY=http://{authority}    # net/http, and gorilla's DefaultDialer
",
    },
    Trust {
        language: "rust",
        title: "Rust",
        trust: "\
export SSL_CERT_FILE={ca}    # rustls-native-certs; native-tls on Linux
",
        proxy: "\
export HTTPS_PROXY=http://{authority}    # reqwest; tokio-tungstenite knows no proxy
",
    },
    Trust {
        language: "shell",
        title: "curl, websocat",
        trust: "\
export CURL_CA_BUNDLE={ca}    # or curl --cacert {ca}
export SSL_CERT_FILE={ca}     # websocat, and others that use OpenSSL
",
        proxy: "\
export HTTPS_PROXY=http://{authority}    # curl
",
    },
    Trust {
        language: "browser",
        title: "browsers",
        trust: "\
certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n mynah -i {ca}    # Chromium on Linux; libnss3-tools has certutil
security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {ca}    # macOS
certutil -user -addstore Root {ca}    # Windows
# Firefox: Settings, Privacy & Security, View Certificates, Authorities, Import
",
        proxy: "\
chromium --proxy-server=http://{authority}
",
    },
];

/// What programs of a language need.
pub(crate) fn of(language: &str) -> Option<&'static Trust> {
    TRUST.iter().find(|trust| trust.language == language)
}
