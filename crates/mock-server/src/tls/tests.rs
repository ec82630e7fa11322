//! The acceptor against an independent TLS client, over memory; and the CA on a real disk.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::{Options, Server};

fn tls() -> Tls {
    Tls::new(&Authority::throw_away().unwrap(), &[]).unwrap()
}

/// A client that trusts nothing but this CA.
fn client(pem: &[u8], versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(pem).unwrap())
        .unwrap();
    ClientConfig::builder_with_provider(authority::provider())
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

async fn connect<S>(io: S, config: ClientConfig, name: &str) -> io::Result<TlsStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let name = ServerName::try_from(name.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, io).await
}

#[tokio::test]
async fn every_name_is_accepted_by_a_client_that_trusts_the_ca() {
    let tls = tls();
    let versions = [&rustls::version::TLS12, &rustls::version::TLS13];
    for (number, name) in tls.names().iter().enumerate() {
        let version = versions[number % versions.len()];
        let (near, far) = tokio::io::duplex(16 << 10);
        let acceptor = tls.acceptor();
        let server = tokio::spawn(async move {
            let mut stream = acceptor.accept(near).await.unwrap();
            stream.write_all(b"hello").await.unwrap();
            stream.shutdown().await.unwrap();
        });
        let mut config = client(tls.ca_pem(), &[version]);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut stream = connect(far, config, name).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "hello");
        let session = stream.get_ref().1;
        assert_eq!(session.alpn_protocol(), Some(&b"http/1.1"[..]));
        assert_eq!(session.protocol_version(), Some(version.version));
        server.await.unwrap();
    }
    assert_eq!(versions[0].version, ProtocolVersion::TLSv1_2);
}

#[tokio::test]
async fn other_names_and_other_authorities_are_not_accepted() {
    let (ours, theirs) = (tls(), tls());
    for (pem, name) in [
        (ours.ca_pem(), "mock.example"),
        (theirs.ca_pem(), "localhost"),
    ] {
        let (near, far) = tokio::io::duplex(16 << 10);
        let acceptor = ours.acceptor();
        let server = tokio::spawn(async move { acceptor.accept(near).await.map(drop) });
        let config = client(pem, &[&rustls::version::TLS12]);
        assert!(connect(far, config, name).await.is_err());
        assert!(server.await.unwrap().is_err());
    }
}

#[test]
fn a_further_name_is_on_the_certificate() {
    let authority = Authority::throw_away().unwrap();
    let names = ["mock.example".to_owned(), "10.1.2.3".to_owned()];
    let tls = Tls::new(&authority, &names).unwrap();
    assert_eq!(tls.names()[tls.names().len() - 2..], names);
    let refused = Tls::new(&authority, &["no name".to_owned()]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        r#""no name" is neither a host name nor an address"#
    );
}

#[test]
fn a_kept_ca_stays_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("deep/er");
    let first = Authority::kept(&home).unwrap();
    let second = Authority::kept(&home).unwrap();
    assert_eq!(first.pem(), second.pem());
    let (certificate, key) = Authority::files(&home);
    assert_eq!(std::fs::read_to_string(certificate).unwrap(), first.pem());
    Tls::new(&second, &[]).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = || key.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        // Somebody has opened it; the next start closes it again.
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        Authority::kept(&home).unwrap();
        assert_eq!(mode(), 0o600);
    }
    #[cfg(not(unix))]
    drop(key);
}

#[test]
fn servers_that_start_together_share_one_ca() {
    let folder = tempfile::tempdir().unwrap();
    let pems: Vec<String> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Authority::kept(folder.path()).unwrap().pem().to_owned()))
            .collect();
        starts.into_iter().map(|s| s.join().unwrap()).collect()
    });
    assert!(pems.iter().all(|pem| *pem == pems[0]));
}

#[test]
fn a_broken_folder_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = Authority::files(folder.path());
    let problem = || Authority::kept(folder.path()).unwrap_err().to_string();

    Authority::kept(folder.path()).unwrap();
    std::fs::remove_file(&key).unwrap();
    assert!(problem().contains("ca.pem is there and"), "{}", problem());

    std::fs::write(&key, "junk").unwrap();
    assert!(problem().contains("holds no private key"), "{}", problem());

    let other = tempfile::tempdir().unwrap();
    Authority::kept(other.path()).unwrap();
    std::fs::copy(Authority::files(other.path()).1, &key).unwrap();
    let stranger = Authority::kept(folder.path()).unwrap();
    let problem_of_pair = Tls::new(&stranger, &[]).unwrap_err().to_string();
    assert!(
        problem_of_pair.contains("does not fit"),
        "{problem_of_pair}"
    );

    std::fs::write(&certificate, "junk").unwrap();
    assert!(problem().contains("holds no certificate"), "{}", problem());
}

#[test]
fn plain_connections_grow_by_no_more_than_a_tag() {
    assert!(size_of::<Transport>() <= size_of::<TcpStream>() + size_of::<usize>());
}

/// A server on a free port.
struct Running {
    address: std::net::SocketAddr,
    pem: Vec<u8>,
    stop: tokio::sync::oneshot::Sender<()>,
    task: JoinHandle<crate::Verdict>,
}

async fn start(connect_proxy: bool, tls_time: std::time::Duration) -> Running {
    let tls = tls();
    let pem = tls.ca_pem().to_vec();
    let mut options = Options {
        tls: Some(tls),
        connect_proxy,
        ..Options::default()
    };
    options.guards.tls_time = tls_time;
    let server = Server::bind(options).await.unwrap();
    let address = server.address();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    Running {
        address,
        pem,
        stop,
        task,
    }
}

const LONG: std::time::Duration = std::time::Duration::from_secs(10);

impl Running {
    async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn tls<S: AsyncRead + AsyncWrite + Unpin>(&self, io: S, name: &str) -> TlsStream<S> {
        let config = client(&self.pem, rustls::DEFAULT_VERSIONS);
        connect(io, config, name).await.unwrap()
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap();
    }
}

/// Sends a head and reads the answer; its head in lower case.
async fn ask(io: &mut (impl AsyncRead + AsyncWrite + Unpin), head: &str) -> String {
    let head = format!("{head}\r\nHost: x\r\n\r\n");
    io.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(io.read_u8().await.unwrap());
    }
    let answer = String::from_utf8(answer).unwrap().to_ascii_lowercase();
    let length = answer.split_once("content-length: ");
    let length = length.and_then(|(_, rest)| rest.lines().next()?.parse().ok());
    io.read_exact(&mut vec![0; length.unwrap_or(0)])
        .await
        .unwrap();
    answer
}

const HEALTH: &str = "GET /__mynah/health HTTP/1.1";

#[tokio::test]
async fn one_port_takes_both_and_survives_junk() {
    let server = start(false, LONG).await;
    let mut junk = server.tcp().await;
    junk.write_all(b"\x16\x03\x01\x00\x05junk!").await.unwrap();
    // An alert, then the end.
    let mut rest = Vec::new();
    junk.read_to_end(&mut rest).await.unwrap();

    let mut plain = server.tcp().await;
    assert!(ask(&mut plain, HEALTH).await.starts_with("http/1.1 200 "));
    let mut secure = server.tls(server.tcp().await, "localhost").await;
    assert!(ask(&mut secure, HEALTH).await.starts_with("http/1.1 200 "));
    let answer = ask(&mut server.tcp().await, "GET /__mynah/ca.pem HTTP/1.1").await;
    assert!(answer.contains("application/x-pem-file"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_cut_off() {
    let server = start(false, std::time::Duration::from_millis(20)).await;
    let mut slow = server.tcp().await;
    slow.write_all(b"\x16").await.unwrap();
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"");
    server.stop().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_silent_clients() {
    let server = start(false, LONG).await;
    let mut silent = server.tcp().await;
    let mut half = server.tcp().await;
    half.write_all(b"\x16").await.unwrap();
    assert!(ask(&mut server.tcp().await, HEALTH).await.contains("200"));
    let before = std::time::Instant::now();
    server.stop().await;
    assert!(before.elapsed() < std::time::Duration::from_secs(1));
    assert_eq!(silent.read(&mut [0]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_tunnel_to_a_vendors_host_ends_here() {
    let server = start(true, LONG).await;
    for vendor in wire::registry::VENDORS {
        let host = vendor.hosts[0];
        let mut tunnel = server.tcp().await;
        let answer = ask(&mut tunnel, &format!("CONNECT {host}:443 HTTP/1.1")).await;
        assert!(answer.starts_with("http/1.1 200 "), "{answer}");
        assert!(!answer.contains("content-length"), "{answer}");
        let mut inside = server.tls(tunnel, host).await;
        assert!(ask(&mut inside, HEALTH).await.contains("200"));
        let again = ask(&mut inside, &format!("CONNECT {host}:443 HTTP/1.1")).await;
        assert!(again.starts_with("http/1.1 403 "), "{again}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_tunnel_may_run_inside_tls_and_carry_plain_text() {
    let server = start(true, LONG).await;
    let mut outer = server.tls(server.tcp().await, "localhost").await;
    let answer = ask(&mut outer, "CONNECT localhost:443 HTTP/1.1").await;
    assert!(answer.starts_with("http/1.1 200 "), "{answer}");
    let mut inside = server.tls(outer, "localhost").await;
    assert!(ask(&mut inside, HEALTH).await.contains("200"));

    let mut plain = server.tcp().await;
    ask(&mut plain, "CONNECT localhost:80 HTTP/1.1").await;
    assert!(ask(&mut plain, HEALTH).await.contains("200"));
    server.stop().await;
}

#[tokio::test]
async fn other_tunnels_are_refused() {
    let proxy = start(true, LONG).await;
    for (target, status) in [
        ("example.org:443", 403),
        ("localhost", 400),
        ("localhost:0", 400),
    ] {
        let answer = ask(
            &mut proxy.tcp().await,
            &format!("CONNECT {target} HTTP/1.1"),
        )
        .await;
        assert!(
            answer.starts_with(&format!("http/1.1 {status} ")),
            "{answer}"
        );
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    proxy.stop().await;

    let no_proxy = start(false, LONG).await;
    let answer = ask(&mut no_proxy.tcp().await, "CONNECT localhost:443 HTTP/1.1").await;
    assert!(answer.starts_with("http/1.1 403 "), "{answer}");
    no_proxy.stop().await;
}
