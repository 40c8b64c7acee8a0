//! Which names appear in directories while something runs, however soon they go again: inotify(7) misses none.

use std::collections::{BTreeSet, HashMap};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// Watches directories from the moment when it is made.
pub(crate) struct Watch {
    inotify: OwnedFd,
    directories: HashMap<i32, PathBuf>,
}

impl Watch {
    /// Watches these directories with all that are in them now.
    pub(crate) fn start(tops: &[PathBuf]) -> Self {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).expect("inotify");
        let mut watch = Self { inotify, directories: HashMap::new() };
        for top in tops {
            watch.add(top);
        }
        watch
    }

    fn add(&mut self, dir: &Path) {
        let flags = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ONLYDIR;
        let number = inotify::add_watch(&self.inotify, dir, flags).expect("a directory that is there");
        self.directories.insert(number, dir.to_owned());
        for entry in std::fs::read_dir(dir).expect("a readable directory") {
            let entry = entry.expect("a readable directory");
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.add(&entry.path());
            }
        }
    }

    /// What has appeared since the last time.
    pub(crate) fn take(&mut self) -> BTreeSet<PathBuf> {
        let mut buffer = [MaybeUninit::uninit(); 1 << 16];
        let mut events = Reader::new(&self.inotify, &mut buffer);
        let mut appeared = BTreeSet::new();
        loop {
            let event = match events.next() {
                Ok(event) => event,
                Err(Errno::WOULDBLOCK) => return appeared,
                Err(error) => panic!("inotify: {error}"),
            };
            assert!(!event.events().contains(ReadFlags::QUEUE_OVERFLOW), "more happened than can be told");
            if let Some(name) = event.file_name() {
                let name = name.to_string_lossy().into_owned();
                appeared.insert(self.directories[&event.wd()].join(name));
            }
        }
    }
}
