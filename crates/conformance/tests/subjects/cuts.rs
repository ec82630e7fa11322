//! `--cuts` finds a server that takes one read for one frame, and nothing in our own mock.

use conformance::case::{Case, Kind, Library, Role};
use conformance::cut::{Cut, Cuts};
use conformance::run::{RunResult, Target, run_server};
use conformance::select::Selection;
use conformance::verdict::Verdict;
use mock_server::{Running, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The plain cases of all endpoints, judged under splittings.
async fn judged(address: std::net::SocketAddr, cuts: Cuts) -> RunResult {
    let library = Library::embedded().unwrap();
    let selection = Selection {
        cuts,
        ..Selection::default()
    };
    let cases = selection.cases(&library, Role::Server).unwrap();
    let is_plain = |case: &&Case| case.kind == Kind::Plain;
    let cases: Vec<&Case> = cases.into_iter().filter(is_plain).collect();
    let target = Target::parse(&format!("ws://{address}")).unwrap();
    let run = run_server(&library, &cases, &target, &selection, "t0ken", &|_| {});
    run.await.unwrap()
}

/// Hands on to the mock what a client sends, unless a read behind the handshake is shorter than
/// the head of a frame: then it hangs up.
async fn careless(client: TcpStream, mock: std::net::SocketAddr) {
    let server = TcpStream::connect(mock).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move {
        // Either end may have gone.
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
    });
    let mut buffer = vec![0; 1 << 16];
    let mut is_open = false;
    while let Ok(count) = from_client.read(&mut buffer).await {
        let read = &buffer[..count];
        if count == 0 || (is_open && count < 6) {
            break;
        }
        is_open |= read.windows(4).any(|window| window == b"\r\n\r\n");
        if to_server.write_all(read).await.is_err() {
            break;
        }
    }
    back.abort();
}

async fn careless_server(mock: &Running) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, mock) = (listener.local_addr().unwrap(), mock.address());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(careless(client, mock));
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_mock_says_the_same_under_every_splitting() {
    let mock = Server::start().await.unwrap();
    for cuts in [Cuts::All, Cuts::Random(5)] {
        let result = judged(mock.address(), cuts).await;
        assert_eq!(result.cases.len(), 6);
        for case in &result.cases {
            assert_eq!(
                case.verdict,
                Verdict::Pass,
                "{}: {}",
                case.slug,
                case.detail
            );
            assert_eq!(case.checks.last().unwrap().id, "cuts");
        }
    }
    mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_one_read_for_one_frame_is_found_by_cutting_alone() {
    let mock = Server::start().await.unwrap();
    let address = careless_server(&mock).await;
    let whole = judged(address, Cuts::None).await;
    assert!(whole.is_as_expected());
    let result = judged(address, Cuts::One(Cut::Tcp(3))).await;
    assert!(!result.is_as_expected());
    for case in &result.cases {
        let failed = case.checks.iter().filter(|c| c.verdict != Verdict::Pass);
        let failed: Vec<_> = failed
            .map(|c| (c.id.as_str(), c.clauses.as_slice()))
            .collect();
        assert_eq!(
            failed,
            [("cuts", &["WSP-SPLT".to_owned()][..])],
            "{}",
            case.slug
        );
        assert!(case.detail.contains("with tcp:3 ("), "{}", case.detail);
        let again = format!("--case {} --seed 0 --cuts tcp:3", case.id);
        assert!(case.detail.ends_with(&again), "{}", case.detail);
    }
    // Fragments are whole frames to it.
    let result = judged(address, Cuts::One(Cut::Frames(2))).await;
    assert!(result.is_as_expected());
    mock.stop().await;
}
