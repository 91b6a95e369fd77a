//! A server of its own for each test, on a free port of this process.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use kinesis_lab::kinesis::feed::{Call, FeedEvent};
use kinesis_lab::server::{self, Doors, Limits, Service};
use libtest_mimic::{Failed, Trial};
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running server.
pub struct Lab {
    pub address: String,
    pub service: Arc<Service>,
    pub feed: Receiver<FeedEvent>,
    pub stop: CancellationToken,
    pub running: JoinHandle<std::io::Result<()>>,
}

impl Lab {
    pub fn start() -> Self {
        Self::with(Doors::default())
    }

    /// A server without AWS's rates, for tests that are faster than those.
    pub fn with(doors: Doors) -> Self {
        Self::limited(doors, &Limits::without_rates())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a test is an edge: SDKs sign by this clock"
    )]
    pub fn limited(doors: Doors, limits: &Limits) -> Self {
        let listener = server::bind(Some(0)).expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let service = Arc::new(Service::new(chrono::Utc::now, limits));
        let stop = CancellationToken::new();
        Self {
            address,
            feed: service.feed(),
            running: tokio::spawn(server::run(
                listener,
                Arc::clone(&service),
                doors,
                stop.clone(),
            )),
            service,
            stop,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The calls told so far.
    pub fn calls(&mut self) -> Vec<Arc<Call>> {
        self.events()
            .into_iter()
            .filter_map(|event| match event {
                FeedEvent::Called(call) => Some(call),
                _ => None,
            })
            .collect()
    }

    pub fn events(&mut self) -> Vec<FeedEvent> {
        std::iter::from_fn(|| self.feed.try_recv().ok()).collect()
    }
}

/// A test that runs in a runtime of its own.
pub fn test<F>(name: &str, body: impl FnOnce() -> F + Send + 'static) -> Trial
where
    F: Future<Output = ()>,
{
    Trial::test(name, move || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(Failed::from)?
            .block_on(async {
                tokio::time::timeout(PATIENCE, body())
                    .await
                    .map_err(|_| Failed::from("took too long"))
            })
    })
}
