#!/bin/sh
# Which job goes first: by its rank alone, and in graphs.
. "$(dirname "$0")/lib.sh"

# ordered NAME WANTED: the jobs on standard input go in this order
ordered() {
	is "$1" "$(order "${3-queue}" | tr '\n' ' ')" "$2 "
}

ordered 'priority, then what waits behind, then age, then the name' \
	'urgent long old new equal1 equal2 late' rank <<'END'
equal2 0 5 300
late -1 900 1
old 0 5 100
equal1 0 5 300
new 0 5 200
urgent 1 1 900
long 0 9 900
END

ordered 'a chain' 'a b c' <<'END'
c 1 0 1 b
b 1 0 1 a
a 1 0 1
END
ordered 'the longest chain goes first' 'l1 l2 l3 s1 s2' <<'END'
s1 5 0 1
s2 4 0 1 s1
l1 1 0 9
l2 1 0 9 l1
l3 10 0 9 l2
END
ordered 'an unknown time counts as the longest known' 'unknown known short' <<'END'
short 5 0 1
known 20 0 2
unknown -1 0 1
END
ordered 'what waits behind is the longest of several ways' 'b c a d' <<'END'
a 5 0 1
b 1 0 1
c 6 0 1 b
d 3 0 1 a b c
END
ordered 'priority does not wait for what is not needed' 'x y low' <<'END'
low 9 0 1
x 1 1 2
y 1 1 3 x
END
ordered 'who waits for nothing that comes, or for itself, waits' \
	'd waits a waits b waits c waits e' <<'END'
a 1 0 1 gone
b 1 0 1 c
c 1 0 1 b
d 1 0 1
e 1 0 1 e d
END
awk 'BEGIN {
	for (i = 1; i <= 100000; i++)
		print "p" i, 1, 0, 1, (i > 1 ? "p" i - 1 : "")
}' | order queue >out &
deep=$!
wait $deep
is 'a chain of 100000 does not recurse' "$?" 0

plan
