#!/bin/sh
# SPIFF_WWW: the site that spiff-run has written, at once, every ten seconds at
# most, and when it ends. A stand-in for spiff-status beside it counts.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

SPIFF_WWW=$work/www
export SPIFF_WWW
fresh
job a-1_1
echo 'exit 1' >how/b-1_1.x86_64
job b-1_1
exits 1 'a queue to its end' spiff-run -1
has 'the site has the last state' www/pkg/a.x86_64.html 'class="state done"'
has 'of all' www/pkg/b.x86_64.html 'class="state fail"'
has 'and that nobody works any more' www/index.html 'No scheduler works'

mkdir bin
cp "$top/bin/spiff-run" bin
ln -s "$top/bin/spiff-index" "$top/bin/spiff-enqueue" bin
cat >bin/spiff-status <<END
#!/bin/sh
date +%s >>$work/writes
printf '%s\n' "\$@" >$work/arguments
[ ! -e $work/hang ] || { echo \$\$ >$work/slow; exec sleep 1000; }
END
chmod +x bin/spiff-status
PATH=$work/bin:$PATH
# writes: how many there were
writes() {
	wc -l <writes
}
fresh
i=0
while [ $i -lt 20 ]; do
	i=$((i + 1))
	job "p$i-1_1"
done
exits 0 'twenty jobs in a second or two' spiff-run -1
is 'are two writes, the first and the last, or more in ten seconds each' "$(awk '
	NR > 2 && before - last < 9 { print "too early" }
	{ last = before; before = $1 }
	END { print (NR > 1) ? "enough" : "too few" }' writes)" enough
is 'by spiff-status' "$(tr '\n' ' ' <arguments)" \
	"-w $work/www -s $work/spool "

fresh
: >writes
: >hang
background
check 'it is begun at once' await [ -s slow ]
job a-1_1
check 'the queue does not wait for it' await lies 'done' a-1_1
is 'nor is another begun' "$(writes)" 1
rm hang
slow=$(cat slow)
end
check 'it is stopped at the end' [ ! -d "/proc/$slow/fd" ]
is 'the last one is written when it is told to end' "$(writes)" 2

SPIFF_WWW=$work/how/../begun/x
fresh
job a-1_1
exits 0 'a site that cannot be written' spiff-run -1
is 'stops nothing' "$(where a-1_1)" 'done '

# what is wrong all the time is said once, and again when it was mended
SPIFF_WWW=$work/www
cat >bin/spiff-status <<END
#!/bin/sh
echo >>$work/writes
cat $work/wrong >&2
END
echo 'spiff-status: limits:1: a fault' >wrong
: >writes
fresh
background
written() {
	[ "$(writes)" -ge "$1" ]
}
check 'the site is written again and again' await written 2
echo 'spiff-status: limits:2: another' >wrong
check 'also later' await written 3
end
is 'what it says the same is passed on once' "$(grep 'limits:' log)" \
	'spiff-status: limits:1: a fault
spiff-status: limits:2: another'

# what the first lines of the site say of one that works
SPIFF_WWW=
fresh
echo 'until [ -e go ]; do sleep 0.05; done' >how/a-1_1.x86_64
cp how/a-1_1.x86_64 how/b-1_1.x86_64
job a-1_1
job b-1_1
background
await lies run a-1_1 && await lies run b-1_1
"$top/bin/spiff-status" -w other
is 'what is being built' "$(sed -n '/class="verdict"/,/<.ul>/p' other/index.html |
	sed -n 's/<[^>]*>//g; /./p')" 'Building a-1_1.x86_64 and 1 more.
Nothing failed.'
: >spool/pause
"$top/bin/spiff-status" -w other
has 'that nothing more is begun' other/index.html 'Paused: nothing new is started.'
: >go
end
plan
