//! The store on disk, closed and opened again.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Duration, Utc};

use super::*;
use crate::kinesis::control::Timing;
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::resharding::Step;
use crate::server::Limits;
use crate::server::store::log::Payload;
use crate::server::store::{Change, Head, Mode, Store};

const REGION: &str = "us-east-1";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_372_800_000).expect("a time")
}

fn options(folder: &Path) -> DiskOptions {
    DiskOptions {
        folder: folder.to_owned(),
        fsync: false,
    }
}

fn open(folder: &Path) -> Store {
    let (disk, kept) = Disk::open(&options(folder), [7; 64]).expect("opened");
    assert_eq!((kept.seal, kept.damage.as_slice()), ([7; 64], &[][..]));
    Store::restore(&disk, kept, &Limits::default())
}

fn create(store: &mut Store, name: &str, shards: u32) {
    let head = Head::new(REGION, name, Mode::Provisioned, now());
    store.create(head, shards).expect("created");
}

/// Puts records with their own number as data, spread over the shards, one millisecond apart.
fn put(store: &mut Store, name: &str, numbers: std::ops::Range<u32>) {
    let batch = |number: u32| {
        let key = number.to_string();
        let payload = Payload::new(&key, &number.to_be_bytes());
        vec![(HashKey::of_partition_key(&key), payload)]
    };
    for number in numbers {
        let at = now() + Duration::milliseconds(i64::from(number));
        let appended = store.append(REGION, name, batch(number), at);
        appended.expect("kept").expect("there is the stream");
    }
}

/// The numbers in a shard from a position on, and how many more are ahead.
fn numbers(store: &Store, name: &str, shard: u32, position: u64, limit: usize) -> (Vec<u32>, u64) {
    let stream = store.stream(REGION, name).expect("a stream");
    let found = stream
        .shard(shard)
        .expect("a shard")
        .read(position, 0, limit, 1 << 20)
        .expect("read");
    let number = |data: &[u8]| u32::from_be_bytes(data.try_into().expect("four bytes"));
    let numbers = found.records.iter();
    (
        numbers
            .map(|record| number(record.payload.data()))
            .collect(),
        found.ahead,
    )
}

fn all(store: &Store, name: &str) -> Vec<u32> {
    let stream = store.stream(REGION, name).expect("a stream");
    let mut found = Vec::new();
    for shard in stream.shards_from(0) {
        found.extend(numbers(store, name, shard.about().index, 0, 10_000).0);
    }
    found.sort_unstable();
    found
}

#[test]
fn what_was_kept_is_there_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    create(&mut store, "s", 3);
    create(&mut store, "t", 1);
    put(&mut store, "s", 0..300);
    let changes = Changes {
        ahead_seconds: Some(86_400),
        ..Changes::default()
    };
    store.commit(changes).expect("kept");
    let head = store.stream(REGION, "s").expect("a stream").head().clone();
    let next: Vec<_> = (0..3)
        .map(|shard| store.stream(REGION, "s").expect("it").next_index(shard))
        .collect();
    drop(store);

    for round in 0..3 {
        let (disk, kept) = Disk::open(&options(folder.path()), [0; 64]).expect("opened");
        assert_eq!((kept.ahead_seconds, kept.seal), (86_400, [7; 64]));
        let mut store = Store::restore(&disk, kept, &Limits::default());
        drop(disk);
        let stream = store.stream(REGION, "s").expect("kept");
        assert_eq!(stream.head(), &head);
        if round == 0 {
            assert_eq!(
                next,
                (0..3)
                    .map(|shard| stream.next_index(shard))
                    .collect::<Vec<_>>()
            );
        }
        assert_eq!(store.stream(REGION, "t").expect("kept").open_shards(), 1);
        assert_eq!(all(&store, "s"), (0..300 + round).collect::<Vec<_>>());
        put(&mut store, "s", 300 + round..301 + round);
    }
}

/// Reads each shard from each of its records on, by index and by time.
fn check_reading(store: &Store) {
    let stream = store.stream(REGION, "s").expect("a stream");
    for shard in stream.shards_from(0) {
        let index = shard.about().index;
        let (whole, ahead) = numbers(store, "s", index, 0, 10_000);
        assert_eq!(ahead, 0);
        let found = shard.read(0, 0, 10_000, 1 << 20).expect("read").records;
        for (count, record) in found.iter().enumerate() {
            let (next, ahead) = numbers(store, "s", index, record.index, 3);
            assert_eq!(next, whole[count..whole.len().min(count + 3)]);
            assert_eq!(ahead as usize, whole.len() - count - next.len());
            let since = shard.first_since(record.arrived_ms).expect("read");
            assert_eq!(since, Some(record.index));
            let before = found[..count].last().map_or(0, |it| it.arrived_ms + 1);
            assert_eq!(shard.first_since(before), Ok(Some(record.index)));
            let bytes = record.payload.size() + 1;
            let small = shard.read(record.index, 0, 10, bytes).expect("read");
            assert_eq!(small.records.len(), 1, "one at least, and no more than fit");
        }
        let last = found.last().expect("records").arrived_ms;
        assert_eq!(shard.first_since(last + 1), Ok(None));
    }
}

#[test]
fn a_shard_is_read_from_any_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    create(&mut store, "s", 2);
    put(&mut store, "s", 0..200);
    check_reading(&store);
    drop(store);
    check_reading(&open(folder.path()));
}

#[test]
fn what_is_past_goes_in_slices_over_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    create(&mut store, "s", 2);
    put(&mut store, "s", 0..600);
    let room = store.memory;
    let past = now() + Duration::hours(24) + Duration::milliseconds(400);
    assert!(store.tidy(past).expect("tidied"), "one slice is not all");
    assert!(store.memory < room);
    drop(store);

    let mut store = open(folder.path());
    while store.tidy(past).expect("tidied") {}
    assert_eq!(all(&store, "s"), (400..600).collect::<Vec<_>>());
    let held = store.memory;
    assert_eq!(held, 200 * Payload::new("400", b"data").memory());
    drop(store);
    let mut store = open(folder.path());
    assert_eq!(store.memory, held);
    put(&mut store, "s", 600..601);
    assert_eq!(all(&store, "s"), (400..601).collect::<Vec<_>>());
}

#[test]
fn a_deleted_stream_is_erased_to_the_last_key_over_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    create(&mut store, "s", 3);
    put(&mut store, "s", 0..600);
    let deleted = store.delete(REGION, "s", Timing::Instant, now());
    assert_eq!(deleted, Ok(true));
    assert!(store.tidy(now()).expect("tidied"), "one slice is not all");
    create(&mut store, "s", 1);
    put(&mut store, "s", 7..8);
    drop(store);

    let mut store = open(folder.path());
    assert_eq!(all(&store, "s"), [7], "the name's new stream");
    while store.tidy(now()).expect("tidied") {}
    drop(store);
    let (disk, _) = Disk::open(&options(folder.path()), [0; 64]).expect("opened");
    let left = disk.engine().expect("open").all.len().expect("read");
    assert_eq!(left, 4, "a head, a shard, a record and the seal");
}

#[test]
fn a_split_that_is_under_way_comes_about_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    create(&mut store, "s", 1);
    put(&mut store, "s", 0..10);
    let incarnation = store.stream(REGION, "s").expect("it").head().incarnation;
    let start = HashKey::MIN;
    let at = HashKey::from(1 << 127);
    let change = Change::Update(vec![Step::Split { start, at }]);
    let begun = store.begin(incarnation, change, Timing::Aws, now());
    begun.expect("kept");
    drop(store);

    let mut store = open(folder.path());
    let due = now() + Duration::seconds(30);
    store.settle(due - Duration::milliseconds(1)).expect("kept");
    assert_eq!(store.open_shards(), 1);
    store.settle(due).expect("kept");
    assert_eq!(store.open_shards(), 2);
    drop(store);

    let mut store = open(folder.path());
    assert_eq!((store.open_shards(), store.kept_shards), (2, 3));
    let stream = store.stream(REGION, "s").expect("it");
    let abouts: Vec<_> = stream.shards_from(0).map(|shard| shard.about()).collect();
    let closed = abouts[0].closed.as_ref().expect("closed");
    assert_eq!(closed.at_ms, due.timestamp_millis());
    assert_eq!(closed.children, [1, 2]);
    assert_eq!(abouts[2].parents, [0]);
    put(&mut store, "s", 10..20);
    assert_eq!(all(&store, "s"), (0..20).collect::<Vec<_>>());

    let past = due + Duration::hours(24) + Duration::milliseconds(1);
    while store.tidy(past).expect("tidied") {}
    drop(store);
    let store = open(folder.path());
    assert_eq!((store.open_shards(), store.kept_shards), (2, 2));
}

/// A batch that failed may come through when the engine closes.
#[test]
fn a_failed_write_is_taken_back_and_writing_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (disk, kept) = Disk::open(&options(folder.path()), [7; 64]).expect("opened");
    let mut store = Store::restore(&disk, kept, &Limits::default());
    create(&mut store, "s", 1);
    put(&mut store, "s", 0..3);
    let head = store.stream(REGION, "s").expect("a stream").head().clone();
    let mut changed = head.clone();
    changed.retention_hours = 48;
    let stray = Mark {
        index: 4,
        ordinal: 3,
        start: 0,
        size: 0,
        arrived_ms: 0,
    };
    let writes = vec![
        (
            keys::head(head.incarnation),
            Some(json(&changed).expect("JSON")),
        ),
        (record(head.incarnation, 0, &stray), Some(vec![0, 0].into())),
    ];
    {
        let mut state = disk.state();
        let error = std::io::Error::from(std::io::ErrorKind::StorageFull).into();
        let failure = disk.spoilt(&mut state, &writes, error);
        assert!(failure.0.contains("cannot be written"), "{}", failure.0);
        let engine = state.engine.as_ref().expect("open");
        engine
            .commit(&writes, PersistMode::Buffer)
            .expect("written");
    }
    put(&mut store, "s", 3..5);
    drop((store, disk));
    let store = open(folder.path());
    assert_eq!(all(&store, "s"), [0, 1, 2, 3, 4]);
    assert_eq!(store.stream(REGION, "s").expect("it").head(), &head);
}

#[test]
fn one_process_at_a_time_uses_a_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let _store = open(folder.path());
    let refused = Disk::open(&options(folder.path()), [0; 64]).err();
    assert!(matches!(refused, Some(OpenError::Busy(_))), "{refused:?}");
    let refused = empty_store(folder.path()).err();
    assert!(matches!(refused, Some(OpenError::Busy(_))), "{refused:?}");
}

#[test]
fn what_is_no_store_of_this_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    drop(open(path));
    let label = path.join("store.json");
    let refused = || Disk::open(&options(path), [0; 64]).err().expect("refused");
    fs::write(&label, r#"{"format":2,"more":[]}"#).expect("written");
    assert!(matches!(refused(), OpenError::Newer { format: 2, .. }));
    fs::write(&label, "{").expect("written");
    assert!(matches!(refused(), OpenError::Damaged { .. }));
    fs::remove_file(&label).expect("removed");
    assert!(matches!(refused(), OpenError::Foreign(_)));
    assert!(path.join("engine/version").exists());
    assert!(empty_store(path).expect("emptied"));
    assert!(!empty_store(path).expect("there is none"));
    drop(open(path));
}

#[test]
fn a_store_half_made_is_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = folder.path().join("engine");
    for version in [None, Some("")] {
        fs::create_dir_all(folder.path()).expect("made");
        fs::write(folder.path().join("store.json"), r#"{"format":1}"#).expect("written");
        fs::create_dir_all(engine.join("keyspaces")).expect("made");
        fs::write(engine.join("0.jnl"), [0; 64]).expect("written");
        if let Some(version) = version {
            fs::write(engine.join("version"), version).expect("written");
        }
        let mut store = open(folder.path());
        create(&mut store, "s", 1);
        drop(store);
        assert!(open(folder.path()).stream(REGION, "s").is_some());
        assert!(empty_store(folder.path()).expect("emptied"));
    }
}

#[test]
fn a_stream_that_cannot_be_read_is_named_and_stays_and_the_others_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    for name in ["a", "b", "c"] {
        create(&mut store, name, 2);
        put(&mut store, name, 0..10);
    }
    let incarnation = |name| store.stream(REGION, name).expect("it").head().incarnation;
    let (b, c) = (incarnation("b"), incarnation("c"));
    drop(store);
    let damage = |key: Vec<u8>| {
        let (disk, _) = Disk::open(&options(folder.path()), [0; 64]).expect("opened");
        let engine = disk.engine().expect("open");
        engine.all.insert(key, "{").expect("written");
    };
    damage(head(b));
    damage(about(c, 1));
    let keys = |disk: &Disk| disk.engine().expect("open").all.len().expect("read");
    let (disk, kept) = Disk::open(&options(folder.path()), [0; 64]).expect("opened");
    let before = keys(&disk);
    let [first, second] = kept.damage.as_slice() else {
        panic!("{:?}", kept.damage);
    };
    assert!(first.contains(&b.to_string()), "{first}");
    assert!(second.contains("stream c in us-east-1"), "{second}");
    let mut store = Store::restore(&disk, kept, &Limits::default());
    assert_eq!(all(&store, "a"), (0..10).collect::<Vec<_>>());
    assert!(store.stream(REGION, "c").is_none());
    while store.tidy(now()).expect("tidied") {}
    assert_eq!(keys(&disk), before, "nothing of it is deleted");
}

#[test]
fn the_room_of_what_was_erased_is_given_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (disk, kept) = Disk::open(&options(folder.path()), [7; 64]).expect("opened");
    let mut store = Store::restore(&disk, kept, &Limits::default());
    create(&mut store, "s", 1);
    let mut rng = fastrand::Rng::with_seed(7);
    for _ in 0..70 {
        let data: Vec<u8> = std::iter::repeat_with(|| rng.u8(..))
            .take(1 << 20)
            .collect();
        let batch = vec![(HashKey::of_partition_key("k"), Payload::new("k", &data))];
        store.append(REGION, "s", batch, now()).expect("kept");
    }
    let space = |disk: &Disk| disk.engine().expect("open").all.disk_space();
    assert!(space(&disk) > 50 << 20, "{}", space(&disk));
    store
        .delete(REGION, "s", Timing::Instant, now())
        .expect("deleted");
    while store.tidy(now()).expect("tidied") {}
    let reclaiming = disk.state().reclaiming.take().expect("it is on its way");
    reclaiming.join().expect("done");
    assert!(space(&disk) < 16 << 20, "{}", space(&disk));
}

/// The bytes of the journal, which is written anew by this.
fn damage_journal(folder: &Path, damage: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let path = folder.join("engine/0.jnl");
    let mut bytes = fs::read(&path).expect("a journal");
    damage(&mut bytes);
    fs::write(&path, &bytes).expect("written");
    bytes
}

/// Where the last of some bytes begin.
fn place_of(bytes: &[u8], part: &[u8]) -> usize {
    let mut windows = bytes.windows(part.len());
    windows.rposition(|window| window == part).expect("there")
}

#[test]
fn a_damaged_journal_is_told_and_kept_aside_and_what_came_before_is_served() {
    let content = [&[0, 1, b'5'][..], &5_u32.to_be_bytes()].concat();
    // Its data, its key's length as the record has it, and what says that a batch begins.
    let (key, head, start) = (49, 21, 13);
    for back in [0, key + head - 10, key + head + start] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = open(folder.path());
        create(&mut store, "s", 1);
        put(&mut store, "s", 0..10);
        drop(store);
        let damaged = damage_journal(folder.path(), |bytes| {
            let at = place_of(bytes, &content);
            bytes[at - back] ^= 0x40;
        });
        let (disk, kept) = Disk::open(&options(folder.path()), [0; 64]).expect("opened");
        let [told] = kept.damage.as_slice() else {
            panic!("{:?}", kept.damage);
        };
        let aside = folder.path().join("damaged-0.jnl");
        assert!(told.contains(&aside.display().to_string()), "{told}");
        assert!(fs::read(aside).expect("kept") == damaged);
        let mut store = Store::restore(&disk, kept, &Limits::default());
        drop(disk);
        assert_eq!(all(&store, "s"), (0..5).collect::<Vec<_>>());
        put(&mut store, "s", 5..6);
        drop(store);
        assert_eq!(all(&open(folder.path()), "s"), (0..6).collect::<Vec<_>>());
    }
}

#[test]
fn half_a_batch_at_a_journals_end_is_no_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = open(folder.path());
    create(&mut store, "s", 1);
    put(&mut store, "s", 0..10);
    drop(store);
    let content = [&[0, 1, b'9'][..], &9_u32.to_be_bytes()].concat();
    damage_journal(folder.path(), |bytes| {
        let at = place_of(bytes, &content);
        bytes[at + 3..].fill(0);
    });
    assert_eq!(all(&open(folder.path()), "s"), (0..9).collect::<Vec<_>>());
}
