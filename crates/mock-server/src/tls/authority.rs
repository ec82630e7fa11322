//! The CA: made for one run, or kept in a folder for many.
//!
//! A kept CA is two files, `ca.pem` for the clients and `ca-key.pem` (mode 600) for us. Its
//! subject follows from its key, so that neither has to be parsed to sign with it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};

use super::TlsError;

/// The name of the file that clients trust.
const CERTIFICATE: &str = "ca.pem";

/// The name of the file that nobody else may read.
const KEY: &str = "ca-key.pem";

const DAY: Duration = Duration::from_secs(86_400);

/// How long a CA is good for.
const CA_LIFE: Duration = Duration::from_secs(3650 * 86_400);

/// How long a leaf is good for: the longest that every platform takes.
const LEAF_LIFE: Duration = Duration::from_secs(397 * 86_400);

/// A certificate authority for tests. Whoever trusts it trusts whoever has its key.
pub struct Authority {
    key: KeyPair,
    pem: String,
}

/// A certificate for this server, and its key.
pub(super) struct Leaf {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: PrivateKeyDer<'static>,
}

impl Authority {
    /// A new CA, whose key is never written anywhere.
    ///
    /// # Errors
    /// If the machine has no randomness.
    pub fn throw_away() -> Result<Self, TlsError> {
        let key = KeyPair::generate().map_err(TlsError::Certificate)?;
        let certificate = params_of(&key).self_signed(&key);
        let pem = certificate.map_err(TlsError::Certificate)?.pem();
        Ok(Self { key, pem })
    }

    /// The CA of a folder; a new one is made if there is none yet. Servers that start at the
    /// same time share one.
    ///
    /// # Errors
    /// If the folder or its files cannot be read or written, or hold something else.
    pub fn kept(folder: &Path) -> Result<Self, TlsError> {
        make_folder(folder).map_err(file_error("make the folder", folder))?;
        // Held to the end of this function.
        let lock = folder.join(".lock");
        let held = OpenOptions::new().create(true).append(true).open(&lock);
        let held = held.and_then(|file| file.lock().map(|()| file));
        let _held = held.map_err(file_error("lock", &lock))?;

        let (certificate, key) = Self::files(folder);
        match (certificate.exists(), key.exists()) {
            (true, true) => Self::load(&certificate, &key),
            (false, false) => {
                let authority = Self::throw_away()?;
                let secret = authority.key.serialize_pem();
                write_new(&key, &secret, 0o600).map_err(file_error("write", &key))?;
                write_new(&certificate, &authority.pem, 0o644)
                    .map_err(file_error("write", &certificate))?;
                Ok(authority)
            }
            (true, false) => Err(TlsError::Half {
                there: certificate,
                missing: key,
            }),
            (false, true) => Err(TlsError::Half {
                there: key,
                missing: certificate,
            }),
        }
    }

    /// The certificate and the key of a kept CA.
    #[must_use]
    pub fn files(folder: &Path) -> (PathBuf, PathBuf) {
        (folder.join(CERTIFICATE), folder.join(KEY))
    }

    /// The certificate, as PEM.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A new certificate for these names, which clients that trust the CA accept today.
    pub(super) fn issue(&self, names: &[String]) -> Result<Leaf, TlsError> {
        let made = || {
            let key = KeyPair::generate()?;
            let mut params = CertificateParams::new(names)?;
            params.distinguished_name = subject("mynah");
            params.is_ca = IsCa::ExplicitNoCa;
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            params.use_authority_key_identifier_extension = true;
            live(&mut params, LEAF_LIFE);
            let issuer = Issuer::new(params_of(&self.key), &self.key);
            let certificate = params.signed_by(&key, &issuer)?;
            let key = PrivatePkcs8KeyDer::from(key.serialize_der());
            Ok(Leaf {
                certificate: certificate.der().clone(),
                key: key.into(),
            })
        };
        let leaf = made().map_err(TlsError::Certificate)?;
        self.vouch(&leaf.certificate)
            .map_err(|source| TlsError::Unfit { source })?;
        Ok(leaf)
    }

    /// Looks at a leaf as a client does that trusts the CA.
    fn vouch(&self, leaf: &CertificateDer<'_>) -> Result<(), rustls::Error> {
        let ours = CertificateDer::from_pem_slice(self.pem.as_bytes());
        let ours = ours.map_err(|error| rustls::Error::General(error.to_string()))?;
        let mut roots = RootCertStore::empty();
        roots.add(ours)?;
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        let localhost = ServerName::try_from("localhost")
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        verifier
            .verify_server_cert(leaf, &[], &localhost, &[], UnixTime::now())
            .map(drop)
    }

    fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        if let Err(error) = restrict(key) {
            tracing::warn!(%error, "others may read the key of the CA, and it cannot be changed");
        }
        let secret = fs::read_to_string(key).map_err(file_error("read", key))?;
        let secret = KeyPair::from_pem(&secret).map_err(|_| TlsError::Content {
            path: key.to_owned(),
            expected: "private key",
        })?;
        let pem = fs::read_to_string(certificate).map_err(file_error("read", certificate))?;
        if CertificateDer::from_pem_slice(pem.as_bytes()).is_err() {
            return Err(TlsError::Content {
                path: certificate.to_owned(),
                expected: "certificate",
            });
        }
        Ok(Self { key: secret, pem })
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

/// The cryptography, chosen here and not for the process.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What is said of a CA with this key.
fn params_of(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    // A name of its own for every CA: trust stores show it, and some mix up equal ones.
    let mark: String = params
        .key_identifier(key)
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    params.distinguished_name = subject(&format!("mynah test CA {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    live(&mut params, CA_LIFE);
    params
}

fn subject(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "mynah");
    name.push(DnType::CommonName, common_name);
    name
}

/// Valid since yesterday, for clients whose clocks are behind.
fn live(params: &mut CertificateParams, life: Duration) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let start = epoch + now.unwrap_or_default().saturating_sub(DAY);
    params.not_before = start;
    params.not_after = start + life;
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that is there whole or not at all.
fn write_new(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let draft = path.with_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file: File = options.open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// Takes a file from everybody but its owner.
#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> io::Result<()> {
    Ok(())
}

fn file_error(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> TlsError {
    let path = path.to_owned();
    move |source| TlsError::File { what, path, source }
}
