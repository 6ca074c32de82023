.POSIX:

CC = cc
CFLAGS = -O2 -g
LDFLAGS =
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat=2
ALL_CFLAGS = -std=c11 -D_XOPEN_SOURCE=700 -Ilib -Ibuild $(WARN) $(CFLAGS)
LIBS = -larchive -lbsd -lmd -lz

PROGS = bin/spiff-deps bin/spiff-enqueue bin/spiff-run bin/spiff-index \
	bin/spiff-status
HDRS = lib/*.h
OBJS = build/buf.o build/io.o build/tab.o build/x.o

all: $(PROGS)

build/buf.o: lib/buf.c
build/io.o: lib/io.c
build/tab.o: lib/tab.c
build/x.o: lib/x.c

$(OBJS): $(HDRS)
	@mkdir -p build
	n=$(@F); $(CC) $(ALL_CFLAGS) -c -o $@ lib/$${n%.o}.c

build/libspiff.a: $(OBJS)
	rm -f $@
	$(AR) rc $@ $(OBJS)

bin/spiff-deps: bin/spiff-deps.c
bin/spiff-enqueue: bin/spiff-enqueue.c
bin/spiff-index: bin/spiff-index.c
bin/spiff-run: bin/spiff-run.c
bin/spiff-status: bin/spiff-status.c

$(PROGS): $(HDRS) build/libspiff.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $@.c build/libspiff.a $(LIBS)

clean:
	rm -rf build $(PROGS)
