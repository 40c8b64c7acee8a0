# Builds with cargo, and puts programs, manual pages and completions where git, man and the shells look for them:
#
#     make && make install PREFIX=~/.local
#
# cargo is not run where the programs are there already, so that `sudo make install` needs no Rust. DESTDIR is put before
# every path, for packages. `make uninstall`, with the same variables, removes what `make install` installs and nothing
# else.

PREFIX ?= /usr/local
# Not every shell does that in an argument.
override PREFIX := $(patsubst ~/%,$(HOME)/%,$(PREFIX))
DESTDIR ?=
CARGO ?= cargo
INSTALL ?= install
# Where the built programs are.
BUILD ?= target/release

BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
BASHDIR ?= $(DATADIR)/bash-completion/completions
# Debian's zsh looks there below /usr/local only: its packages use share/zsh/vendor-completions.
ZSHDIR ?= $(DATADIR)/zsh/site-functions
# A fish of the system does not look below /usr/local, unless XDG_DATA_DIRS says so.
ifeq ($(PREFIX),/usr/local)
FISHDIR ?= /etc/fish/completions
FISHCONFDIR ?= /etc/fish/conf.d
endif
FISHDIR ?= $(DATADIR)/fish/vendor_completions.d
FISHCONFDIR ?= $(DATADIR)/fish/vendor_conf.d
DOCDIR ?= $(DATADIR)/doc/git-fast
CONTRIBDIR ?= $(DATADIR)/git-fast

NAMES := git-fastlog git-faststatus git-optimize
PROGRAMS := $(NAMES:%=$(BUILD)/%)
DOCUMENTS := $(wildcard docs/*.md docs/plots/*) README.md ARCHITECTURE.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT
HOOKS := $(wildcard contrib/hooks/*)
PROMPTS := $(wildcard contrib/prompt/*)

# Every file that is installed: its mode, what it is made from, and its place. Both installing and uninstalling read this.
define FILES
$(foreach name,$(NAMES),755 $(BUILD)/$(name) $(BINDIR)/$(name)
644 man/$(name).1 $(MANDIR)/man1/$(name).1
644 completions/$(name).bash $(BASHDIR)/$(name)
644 completions/_$(name) $(ZSHDIR)/_$(name)
644 completions/$(name).fish $(FISHDIR)/$(name).fish
)
644 man/gitfastindex.5 $(MANDIR)/man5/gitfastindex.5
644 completions/conf.d-git-fast.fish $(FISHCONFDIR)/git-fast.fish
$(foreach file,$(DOCUMENTS),644 $(file) $(DOCDIR)/$(file)
)
$(foreach file,$(HOOKS),755 $(file) $(CONTRIBDIR)/hooks/$(notdir $(file))
)
$(foreach file,$(PROMPTS),644 $(file) $(CONTRIBDIR)/prompt/$(notdir $(file))
)
endef
export FILES

all: $(PROGRAMS)

# Only where they are missing: after a change to the source, `cargo build --release` is what makes them anew.
$(PROGRAMS):
	$(CARGO) build --release --locked --bins

# Directories that installing has made, without DESTDIR.
MADE = $(CONTRIBDIR)/directories

install: $(PROGRAMS)
	@made=; printf '%s\n' "$$FILES" | { while read -r mode file place; do \
	    test -n "$$mode" || continue; \
	    dir=$${place%/*}; \
	    while test -n "$$dir" && ! test -d "$(DESTDIR)$$dir"; do \
	        made="$$made$$dir\n"; \
	        case $$dir in */*) dir=$${dir%/*} ;; *) dir= ;; esac; \
	    done; \
	    $(INSTALL) -d "$(DESTDIR)$${place%/*}" && \
	    $(INSTALL) -m "$$mode" "$$file" "$(DESTDIR)$$place" || exit 1; \
	done; \
	printf '%b' "$$made" >>"$(DESTDIR)$(MADE)" && chmod 644 "$(DESTDIR)$(MADE)"; }

# Directories go, too, that installing has made and in which nothing is left.
uninstall:
	@made=$$(sort -ru "$(DESTDIR)$(MADE)" 2>/dev/null); rm -f "$(DESTDIR)$(MADE)"; \
	printf '%s\n' "$$FILES" | while read -r mode file place; do \
	    test -n "$$mode" || continue; \
	    rm -f "$(DESTDIR)$$place" || exit 1; \
	done && \
	printf '%s\n' "$$made" | while read -r dir; do \
	    test -z "$$dir" || rmdir "$(DESTDIR)$$dir" 2>/dev/null || :; \
	done

# What is installed: one path a line.
list:
	@printf '%s\n' "$$FILES" | while read -r mode file place; do \
	    test -z "$$place" || printf '%s\n' "$(DESTDIR)$$place"; \
	done

# A Debian package, in target/debian (cargo install cargo-deb).
deb:
	$(CARGO) deb --locked

.PHONY: all install uninstall list deb
