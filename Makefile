.POSIX:
.SUFFIXES:
.SUFFIXES: .c
.PHONY: all always bench chaos check check-cluster check-nfs check-real check-san check-tree clean \
	crash demo dist fuzz install lint testprogs uninstall

VERSION = 0.2

CC = cc
CFLAGS = -O2 -g
LDFLAGS =
PROVE = prove -j8
RUNS = 10000000
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
# from bin it is looked for as ../libexec/spiff
LIBEXECDIR = $(PREFIX)/libexec/spiff
MANDIR = $(PREFIX)/share/man
EXADIR = $(PREFIX)/share/examples/spiff
# bash and fish look there for the name of the command, zsh for any
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat=2
ALL_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 $(WARN) $(CFLAGS)
LIBS = -larchive -lbsd -lmd -lz -lpthread
SAN = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined

PROGS = bin/spiff-bump bin/spiff-cell bin/spiff-clean bin/spiff-deps bin/spiff-enqueue \
	bin/spiff-env bin/spiff-index bin/spiff-receive bin/spiff-run bin/spiff-status
SCRIPTS = bin/spiff-build bin/spiff-cause bin/spiff-fetch bin/spiff-merge bin/spiff-mirror \
	bin/spiff-pull bin/spiff-rebuild
# started by the others; ssh(1) starts spiff-receive, and finds it where people do
HELPERS = bin/spiff-cell bin/spiff-fetch bin/spiff-merge bin/spiff-mirror
# those that the completions are for
COMPLETED = bump clean deps enqueue env index run status

all: $(PROGS)

$(PROGS): build/lib/libspiff.a

.c:
	@echo CC $@
	@$(CC) -iquote lib $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< build/lib/libspiff.a $(LIBS)

# begun for each build: without the libraries that they have no use for. spiff-cell has
# all in itself where there are static ones: a third of its time would go to loading the
# shared ones
bin/spiff-cell: bin/spiff-cell.c
	@echo CC $@
	@$(CC) -iquote lib $(ALL_CFLAGS) -c -o build/spiff-cell.o $@.c
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -static -o $@ build/spiff-cell.o \
		build/lib/libspiff.a -lbsd -lmd -lpthread 2>/dev/null || \
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ build/spiff-cell.o build/lib/libspiff.a \
		-lbsd -lpthread

bin/spiff-env: bin/spiff-env.c
	@echo CC $@
	@$(CC) -iquote lib $(ALL_CFLAGS) $(LDFLAGS) -o $@ $@.c \
		build/lib/libspiff.a -lbsd -lpthread

build/lib/libspiff.a: always
	@mkdir -p build/lib
	@cd build/lib && $(MAKE) -s -f ../../lib/Makefile CC='$(CC)' AR='$(AR)' \
		FLAGS='$(ALL_CFLAGS)'

testprogs: build/lib/libspiff.a
	@mkdir -p build/test
	@cd build/test && $(MAKE) -s -f ../../test/c/Makefile CC='$(CC)' \
		FLAGS='$(ALL_CFLAGS) $(LDFLAGS)' LIBS='$(LIBS)'

always:

demo:
	@sh test/need build run
	@$(MAKE) all
	@sh test/demo build/demo

check:
	@sh test/need build run check
	@$(MAKE) all testprogs
	$(PROVE) -f -o -e sh test/*.t

# what judges the source itself
lint: all
	@$(PROVE) -e sh test/lint

# against the xbps-src of a whole void-packages, TREE; test/deps-tree.t has the rest
check-tree:
	@test -n '$(TREE)' || { echo 'make check-tree TREE=DIR' >&2; exit 1; }
	@sh test/need build run check
	@$(MAKE) all
	TREE='$(TREE)' prove -v -e sh test/deps-tree.t

# builds real templates with the real xbps-src; test/real.t has the rest
check-real:
	@test -n '$(TREE)' && test -n '$(SOURCES)' || { echo \
		'make check-real TREE=DIR SOURCES=DIR [MAIN=DIR] [CHROOT=DIR]' >&2; exit 1; }
	@sh test/need build run check
	@$(MAKE) all
	TREE='$(TREE)' SOURCES='$(SOURCES)' MAIN='$(MAIN)' CHROOT='$(CHROOT)' \
		prove -v -e sh test/standin-tree.t test/real.t

# builds on a real Nomad cluster, in network namespaces; needs root
check-cluster:
	@sh test/need build run check
	@$(MAKE) all testprogs
	prove -v -e sh test/cluster

# two spiff-run on NFS, in guests of qemu; doc/hacking says what KERNEL and ROOT are
check-nfs:
	@sh test/need build run check
	@test -z '$(KERNEL)' || sh test/need nfs
	@$(MAKE) all testprogs
	KERNEL='$(KERNEL)' ROOT='$(ROOT)' prove -v -e sh test/nfs

# the same tests on a copy built with the sanitizers; programs that end soon
# leave their memory to the system, so leaks are not counted
check-san:
	@rm -rf build/san/lib build/san/test && mkdir -p build/san/bin
	cp -pR Makefile packages lib test doc spool README COPYING build/san
	cp -p bin/*.c $(SCRIPTS) build/san/bin
	cd build/san && ASAN_OPTIONS=detect_leaks=0 $(MAKE) CFLAGS='$(SAN)' check

# processes killed at random; SEED=N in the environment for the same again
crash:
	@sh test/need build run check
	@$(MAKE) all testprogs
	ROUNDS=$${ROUNDS-5000} prove -v -e sh test/run-crash.t

# processes stopped and killed, jobs moved, clocks put back, at random; SEED the same
chaos:
	@sh test/need build run check
	@$(MAKE) all testprogs
	ROUNDS=$${ROUNDS-5000} prove -v -e sh test/run-chaos.t

bench:
	@sh test/need build run
	@$(MAKE) all testprogs
	@if [ -n "$$WORLD" ]; then sh test/bench/world; else sh test/bench/run; fi

# needs clang
fuzz:
	@sh test/fuzz/run $(RUNS)

# the last commit as a release has it
dist:
	@mkdir -p build
	git archive --format=tar --prefix=spiff-$(VERSION)/ HEAD | \
		gzip -n >build/spiff-$(VERSION).tar.gz

clean:
	rm -rf build $(PROGS)

# modes are the same whatever the umask, and the modes of the sources
install: all
	umask 022 && mkdir -p $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBEXECDIR) \
		$(DESTDIR)$(EXADIR) $(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR) \
		$(DESTDIR)$(FISHDIR) $(DESTDIR)$(MANDIR)/man1 \
		$(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7
	cp $(PROGS) $(SCRIPTS) $(DESTDIR)$(BINDIR)
	cp $(HELPERS) $(DESTDIR)$(LIBEXECDIR)
	cd $(DESTDIR)$(BINDIR) && rm -f $(HELPERS:bin/%=%)
	cp doc/spiff-*.1 $(DESTDIR)$(MANDIR)/man1
	cp doc/spiff-*.5 $(DESTDIR)$(MANDIR)/man5
	cp doc/spiff*.7 $(DESTDIR)$(MANDIR)/man7
	cp doc/completions/_spiff $(DESTDIR)$(ZSHDIR)
	cp doc/completions/spiff.bash $(DESTDIR)$(BASHDIR)/spiff
	cp doc/completions/spiff.fish $(DESTDIR)$(FISHDIR)
	for p in $(COMPLETED); do \
		ln -sf spiff $(DESTDIR)$(BASHDIR)/spiff-$$p && \
		ln -sf spiff.fish $(DESTDIR)$(FISHDIR)/spiff-$$p.fish || exit; done
	cp -R doc/git doc/hooks doc/nomad doc/run doc/spiff-build.nomad.hcl \
		doc/www $(DESTDIR)$(EXADIR)
	chmod 755 $(DESTDIR)$(BINDIR)/spiff-* $(DESTDIR)$(LIBEXECDIR)/spiff-*
	cd $(DESTDIR)$(MANDIR) && chmod 644 man1/spiff-*.1 man5/spiff-*.5 man7/spiff*.7
	chmod -R u=rwX,go=rX $(DESTDIR)$(EXADIR)
	chmod 644 $(DESTDIR)$(BASHDIR)/spiff $(DESTDIR)$(ZSHDIR)/_spiff \
		$(DESTDIR)$(FISHDIR)/spiff.fish

uninstall:
	cd $(DESTDIR)$(BINDIR) && rm -f $(PROGS:bin/%=%) $(SCRIPTS:bin/%=%)
	rm -rf $(DESTDIR)$(LIBEXECDIR)
	cd $(DESTDIR)$(MANDIR) && rm -f man1/spiff-*.1 man5/spiff-*.5 man7/spiff*.7
	rm -f $(DESTDIR)$(ZSHDIR)/_spiff
	rm -f $(DESTDIR)$(BASHDIR)/spiff $(DESTDIR)$(BASHDIR)/spiff-* \
		$(DESTDIR)$(FISHDIR)/spiff.fish $(DESTDIR)$(FISHDIR)/spiff-*
	rm -rf $(DESTDIR)$(EXADIR)
