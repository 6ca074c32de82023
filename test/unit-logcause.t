#!/bin/sh
# The line of a log where the failure shows.
. "$(dirname "$0")/lib/lib.sh"

# finds NAME WANTED: in the log on standard input
finds() {
	is "$1" "$(fault)" "$2"
}

finds 'a compiler, not what came of it' "oops.c:4:16: error: 'nonesuch' undeclared" <<'END'
=> oops-1.0_1: running do_build ...
oops.c: In function 'main':
oops.c:3:1: warning: an error: is not far
oops.c:4:16: error: 'nonesuch' undeclared
oops.c:9:1: error: expected ';'
make: *** [Makefile:3: oops] Error 1
=> ERROR: oops-1.0_1: do_build: 'make' exited with 2
END
finds 'a linker' "x.o: in f: undefined reference to \`g'" <<'END'
=> x-1_1: running do_build ...
x.o: in f: undefined reference to `g'
collect2: error: ld returned 1 exit status
END
finds 'of the last phase' 'b.c:1:1: error: second' <<'END'
=> x-1_1: running do_configure ...
a.c:1:1: error: first, which did not matter
=> x-1_1: running do_build ...
cc -Werror -o error errors.c
b.c:1:1: error: second
END
finds 'what make says, if nobody else did' 'make[1]: *** [Makefile:3: x] Error 1' <<'END'
=> x-1_1: running do_build ...
make[1]: *** [Makefile:3: x] Error 1
make: *** [Makefile:9: all] Error 2
=> ERROR: x-1_1: do_build: 'make' exited with 2
END
finds 'a test' 'FAIL: long_line' <<'END'
=> x-1_1: running do_check ...
PASS: short_line
FAIL: long_line
=> ERROR: x-1_1: do_check failed
END
finds 'what xbps-src says' '=> ERROR: dep y not found: -1 passed: instructed not to build' <<'END'
=> xbps-src: updating software in / masterdir...
   [runtime] y-1_1: not found
=> ERROR: dep y not found: -1 passed: instructed not to build
END
finds 'the last line otherwise' 'Killed' <<'END'
=> x-1_1: running do_build ...
working
Killed


END
finds 'nothing in nothing' '' </dev/null
printf 'x' >log
finds 'a line without an end' x <log
printf '=>' >log
finds 'a short one' '=>' <log
plan
