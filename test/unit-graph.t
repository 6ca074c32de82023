#!/bin/sh
# Orders, cycles and paths, by tables.
. "$(dirname "$0")/lib/lib.sh"

# says NAME WANTED: what the graph on standard input comes to
says() {
	is "$1" "$(graph)" "$2"
}

says 'a chain: what is needed comes first' 'order d c b a
reach a b c d
path a -1- b -2- c -3- d' <<'END'
a b 1
b c 2
c d 3
END

says 'a diamond: in the order of numbers' 'order d b c a
reach a b c d
path a -1- b -3- d' <<'END'
a b 1
a c 2
b d 3
c d 4
END

says 'nodes without edges' 'order a b c
reach a' <<'END'
a
b
c
END

says 'a cycle is told whole, from its lowest node' 'order d c b a
cycle a -1- b -2- c -3- a
reach a b c d
path a -1- b -2- c -4- d' <<'END'
a b 1
b c 2
c a 3
c d 4
END

says 'the shortest of several cycles' 'order e d c b a
cycle c -3- d -7- c
reach a b c d e
path a -1- b -2- c -3- d -4- e' <<'END'
a b 1
b c 2
c d 3
d e 4
e a 5
d c 7
END

says 'two components, a cycle each' 'order d c b a
cycle c -3- d -4- c
cycle a -1- b -2- a
reach a b c d
path a -1- b -5- c -3- d' <<'END'
a b 1
b a 2
b c 5
c d 3
d c 4
END

says 'an edge to itself' 'order a
cycle a -1- a
reach a
path a' <<'END'
a a 1
END

says 'the same edge twice' 'order b a
reach a b
path a -1- b' <<'END'
a b 1
a b 2
END

says 'no way from the first to the last' 'order a b
reach a' <<'END'
a
b a 1
END

plan
