.POSIX:

CC = cc
CFLAGS = -O2 -g
LDFLAGS =
PROVE = prove -j4
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
EXADIR = $(PREFIX)/share/examples/spiff

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat=2
ALL_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -iquote lib -iquote build $(WARN) $(CFLAGS)
LIBS = -larchive -lbsd -lmd -lz -lpthread
SAN = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined

PROGS = bin/spiff-deps bin/spiff-enqueue bin/spiff-run bin/spiff-index \
	bin/spiff-status
SCRIPTS = bin/spiff-build bin/spiff-merge bin/spiff-mirror
HDRS = lib/*.h

# for each lib/NAME.c one line here and one below
OBJS = \
	build/add.o \
	build/arena.o \
	build/audit.o \
	build/await.o \
	build/buf.o \
	build/builder.o \
	build/builds.o \
	build/claim.o \
	build/clean.o \
	build/conf.o \
	build/confine.o \
	build/delivery.o \
	build/eta.o \
	build/eval.o \
	build/explain.o \
	build/filing.o \
	build/graph.o \
	build/heap.o \
	build/index.o \
	build/intake.o \
	build/io.o \
	build/iomove.o \
	build/iosync.o \
	build/job.o \
	build/local.o \
	build/lock.o \
	build/log.o \
	build/loop.o \
	build/manifest.o \
	build/mention.o \
	build/needs.o \
	build/obsolete.o \
	build/operand.o \
	build/order.o \
	build/packing.o \
	build/parcel.o \
	build/past.o \
	build/pkg.o \
	build/pkgs.o \
	build/plan.o \
	build/plandep.o \
	build/planorder.o \
	build/plist.o \
	build/plistparse.o \
	build/pool.o \
	build/proc.o \
	build/queue.o \
	build/ready.o \
	build/reject.o \
	build/render.o \
	build/repo.o \
	build/repodata.o \
	build/repos.o \
	build/request.o \
	build/rival.o \
	build/run.o \
	build/scan.o \
	build/sched.o \
	build/screen.o \
	build/shelf.o \
	build/shell.o \
	build/sign.o \
	build/signindex.o \
	build/sim.o \
	build/spool.o \
	build/stage.o \
	build/stamp.o \
	build/status.o \
	build/statusdetail.o \
	build/statuslink.o \
	build/stock.o \
	build/stow.o \
	build/tab.o \
	build/take.o \
	build/taking.o \
	build/tar.o \
	build/term.o \
	build/text.o \
	build/tmpl.o \
	build/tmplcache.o \
	build/tmplenv.o \
	build/tmplparse.o \
	build/tree.o \
	build/uses.o \
	build/ver.o \
	build/verdict.o \
	build/watch.o \
	build/why.o \
	build/world.o \
	build/x.o

# for each test/NAME.c one line here and one below
TESTPROGS = \
	build/test/graph \
	build/test/job \
	build/test/mkpkgs \
	build/test/plist \
	build/test/repo \
	build/test/repodata \
	build/test/sim \
	build/test/tab \
	build/test/text \
	build/test/tmpl \
	build/test/ver

all: $(PROGS)

build/add.o: lib/add.c
build/arena.o: lib/arena.c
build/audit.o: lib/audit.c
build/await.o: lib/await.c
build/buf.o: lib/buf.c
build/builder.o: lib/builder.c
build/builds.o: lib/builds.c
build/claim.o: lib/claim.c
build/clean.o: lib/clean.c
build/conf.o: lib/conf.c
build/confine.o: lib/confine.c
build/delivery.o: lib/delivery.c
build/eta.o: lib/eta.c
build/eval.o: lib/eval.c build/tmpl.bash.h
build/explain.o: lib/explain.c
build/filing.o: lib/filing.c
build/graph.o: lib/graph.c
build/heap.o: lib/heap.c
build/index.o: lib/index.c
build/intake.o: lib/intake.c
build/io.o: lib/io.c
build/iomove.o: lib/iomove.c
build/iosync.o: lib/iosync.c
build/job.o: lib/job.c
build/local.o: lib/local.c
build/lock.o: lib/lock.c
build/log.o: lib/log.c
build/loop.o: lib/loop.c
build/manifest.o: lib/manifest.c
build/mention.o: lib/mention.c
build/needs.o: lib/needs.c
build/obsolete.o: lib/obsolete.c
build/operand.o: lib/operand.c
build/order.o: lib/order.c
build/packing.o: lib/packing.c
build/parcel.o: lib/parcel.c
build/past.o: lib/past.c
build/pkg.o: lib/pkg.c
build/pkgs.o: lib/pkgs.c
build/plan.o: lib/plan.c
build/plandep.o: lib/plandep.c
build/planorder.o: lib/planorder.c
build/plist.o: lib/plist.c
build/plistparse.o: lib/plistparse.c
build/pool.o: lib/pool.c
build/proc.o: lib/proc.c
build/queue.o: lib/queue.c
build/ready.o: lib/ready.c
build/reject.o: lib/reject.c
build/render.o: lib/render.c
build/repo.o: lib/repo.c
build/repodata.o: lib/repodata.c
build/repos.o: lib/repos.c
build/request.o: lib/request.c
build/rival.o: lib/rival.c
build/run.o: lib/run.c
build/scan.o: lib/scan.c
build/sched.o: lib/sched.c
build/screen.o: lib/screen.c
build/shelf.o: lib/shelf.c
build/shell.o: lib/shell.c
build/sign.o: lib/sign.c
build/signindex.o: lib/signindex.c
build/sim.o: lib/sim.c
build/spool.o: lib/spool.c
build/stage.o: lib/stage.c
build/stamp.o: lib/stamp.c
build/status.o: lib/status.c
build/statusdetail.o: lib/statusdetail.c
build/statuslink.o: lib/statuslink.c
build/stock.o: lib/stock.c
build/stow.o: lib/stow.c
build/tab.o: lib/tab.c
build/take.o: lib/take.c
build/taking.o: lib/taking.c
build/tar.o: lib/tar.c
build/term.o: lib/term.c
build/text.o: lib/text.c
build/tmpl.o: lib/tmpl.c
build/tmplcache.o: lib/tmplcache.c
build/tmplenv.o: lib/tmplenv.c
build/tmplparse.o: lib/tmplparse.c
build/tree.o: lib/tree.c
build/uses.o: lib/uses.c
build/ver.o: lib/ver.c
build/verdict.o: lib/verdict.c
build/watch.o: lib/watch.c
build/why.o: lib/why.c
build/world.o: lib/world.c
build/x.o: lib/x.c

# build/test/NAME: test/NAME.c
build/test/graph: test/graph.c
build/test/job: test/job.c
build/test/mkpkgs: test/mkpkgs.c
build/test/plist: test/plist.c
build/test/repo: test/repo.c
build/test/repodata: test/repodata.c
build/test/sim: test/sim.c
build/test/tab: test/tab.c
build/test/text: test/text.c
build/test/tmpl: test/tmpl.c
build/test/ver: test/ver.c

bin/spiff-deps: bin/spiff-deps.c
bin/spiff-enqueue: bin/spiff-enqueue.c
bin/spiff-index: bin/spiff-index.c
bin/spiff-run: bin/spiff-run.c
bin/spiff-status: bin/spiff-status.c

$(OBJS): $(HDRS)
	@mkdir -p build
	$(CC) $(ALL_CFLAGS) -c -o $@ $(@:build/%.o=lib/%.c)

build/libspiff.a: $(OBJS)
	rm -f $@
	$(AR) rc $@ $(OBJS)

$(PROGS): $(HDRS) build/libspiff.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $@.c build/libspiff.a $(LIBS)

$(TESTPROGS): $(HDRS) build/libspiff.a
	@mkdir -p build/test
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(@:build/%=%.c) build/libspiff.a $(LIBS)

# bash code as C string literals; \? since two ? may begin a trigraph
build/tmpl.bash.h: lib/tmpl.bash
	@mkdir -p build
	{ echo 'static const char tmplbash[] ='; \
	sed 's/[\\"?]/\\&/g; s/^/	"/; s/$$/\\n"/' lib/tmpl.bash; \
	echo '	;'; } >$@.tmp
	mv $@.tmp $@

testprogs: $(TESTPROGS)

demo:
	@sh test/need build run
	@$(MAKE) all
	@sh test/demo build/demo

check:
	@sh test/need build run check
	@$(MAKE) all testprogs
	$(PROVE) -e sh test/*.t

# the same tests on a copy built with the sanitizers; programs that end soon
# leave their memory to the system, so leaks are not counted
check-san:
	@mkdir -p build/san/bin
	cp -pR Makefile packages lib test doc spool README COPYING build/san
	cp -p bin/*.c $(SCRIPTS) build/san/bin
	cd build/san && ASAN_OPTIONS=detect_leaks=0 $(MAKE) CFLAGS='$(SAN)' check

bench: all testprogs
	@sh test/bench

clean:
	rm -rf build $(PROGS)

install: all
	mkdir -p $(DESTDIR)$(BINDIR) $(DESTDIR)$(EXADIR) $(DESTDIR)$(MANDIR)/man1 \
		$(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7
	cp $(PROGS) $(SCRIPTS) $(DESTDIR)$(BINDIR)
	cp doc/spiff-*.1 $(DESTDIR)$(MANDIR)/man1
	cp doc/spiff-*.5 $(DESTDIR)$(MANDIR)/man5
	cp doc/spiff*.7 $(DESTDIR)$(MANDIR)/man7
	cp -R doc/run doc/www $(DESTDIR)$(EXADIR)

uninstall:
	cd $(DESTDIR)$(BINDIR) && rm -f $(PROGS:bin/%=%) $(SCRIPTS:bin/%=%)
	cd $(DESTDIR)$(MANDIR) && rm -f man1/spiff-*.1 man5/spiff-*.5 man7/spiff*.7
	rm -rf $(DESTDIR)$(EXADIR)
