#!/bin/sh
# Which job goes first: by its rank alone, and in graphs.
. "$(dirname "$0")/lib/lib.sh"

# ordered NAME WANTED: the jobs on standard input go in this order
ordered() {
	is "$1" "$(order "${3-queue}" | tr '\n' ' ')" "$2 "
}

ordered 'priority, then what waits behind, then the name' \
	'urgent long short equal1 equal2 late' rank <<'END'
equal2 0 3 300
late -1 999999999999 300
equal1 0 3 300
urgent 1 1 300
long 0 9 300
short 0 5 300
END
ordered 'a minute of age for a minute of work' 'old long new' rank <<'END'
new 0 100 1000
old 0 100 900
long 0 190 1000
END
ordered 'more work than a day counts for no more than a day of age' \
	'old much less' rank <<'END'
less 0 999990 86400
much 0 999999 86400
old 0 1 0
END
ordered 'a day of age for a priority' 'old urgent new' rank <<'END'
new 0 1 86400
urgent 1 1 86400
old 0 2 0
END
ordered 'no number is too large' 'first past future last' rank <<'END'
first 2147483647 9 1
future 0 9000000000000000 9000000000000000000
past 0 9 -9000000000000000000
last -2147483648 9 1
END

# long SECONDS...: what a time that is not known counts as among these
long() {
	printf '%s\n' "$@" | order long
}
is 'where none is known' "$(order long </dev/null)" 1
is 'the longest of a few' "$(long 7 1234567 1)" 1234567
is 'none that takes no time' "$(long 0 0)" 1
awk 'BEGIN { for (i = 1; i <= 1000; i++) print i * 1000 }' >spans
unknown=$(order long <spans)
within 'all but one in a hundred of many' \
	990000 "$unknown" $((990000 * 5 / 4 - 1))
unknown=$(awk '{ print } $1 > 400000 { print "-" $1 }' spans | order long)
within 'what is taken back does not count' \
	396000 "$unknown" $((396000 * 5 / 4 - 1))

ordered 'a chain' 'a b c' <<'END'
c 1 0 1 b
b 1 0 1 a
a 1 0 1
END
ordered 'the longest chain goes first' 'l1 l2 l3 s1 s2' <<'END'
s1 5 0 1
s2 4 0 1 s1
l1 1 0 1
l2 1 0 1 l1
l3 10 0 1 l2
END
ordered 'an unknown time counts as the longest known' 'known unknown short' <<'END'
short 5 0 1
known 20 0 1
unknown -1 0 1
END
ordered 'one for which there is a guess as that' 'long guess short' <<'END'
short 5 0 1
long 20 0 1
guess -10 0 1
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
ordered 'nor a short one behind it' 'x y z' <<'END'
z 9 1 1
x 1 0 1
y 1 2 1 x
END
ordered 'what is needed is as old as who needs it' 'need old new' <<'END'
new 9 0 80000
need 1 0 90000
old 1 0 1 need
END
ordered 'a build that takes no time counts' 'a b c d' <<'END'
c 1 0 1
a 0 0 1
b 0 0 1 a
d 0 0 1 b
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


# stream PRIORITY: when a job of ten minutes is built that is asked for while
# others of that priority keep the slot busy, each with more work
stream() {
	awk -v priority="$1" 'BEGIN {
		print "low", 600, 0, 1
		for (i = 0; i < 200000; i += 800)
			print "high" i, 900, priority, i
	}' | SPIFF_SLOTS=1 order slots | awk '$1 == "low" { print $2 }'
}
is 'nobody waits for ever for those with more work behind them' \
	"$(stream 0)" 1500
is 'nor for those with a higher priority, but a day at least' \
	"$(stream 1)" 98700
SPIFF_SLOTS=x86_64=2,aarch64=1
export SPIFF_SLOTS
ordered 'each architecture has its slots' \
	'b 20 d.aarch64 25 a 30 c 40 e.aarch64 45 f 55 waits g.armv7l' slots <<'END'
a 30 0 0
b 20 0 0
c 20 0 0
d.aarch64 25 0 0
e.aarch64 20 0 0
f 10 0 0 e.aarch64
g.armv7l 99 0 0
END
plan
