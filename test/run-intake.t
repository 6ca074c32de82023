#!/bin/sh
# What is put into new/ by hand, by mistake and in malice: jobs go on, the rest
# goes to fail/ with its reason, and nothing stops for it.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

# reason NAME: what is said of it in fail/
reason() {
	cat "spool/fail/$1.reason" 2>/dev/null
}

fresh
job good-1_1
mkdir spool/new/dir spool/new/dir/below
ln -s /etc/passwd spool/new/link
mkfifo spool/new/fifo
head -c 1100000 /dev/zero | tr '\0' x >spool/new/large
echo 'pkgver other-1_1' >spool/new/named-1_1.x86_64
printf 'pkgver \033[2J\033]0;x\007here-1_1\n' >spool/new/there-1_1.x86_64
printf 'pkgver bad-1_1\nasked yesterday\n' >spool/new/bad-1_1.x86_64
printf 'pkgver nul-1_1\n\000\n' >spool/new/nul-1_1.x86_64
printf 'pkgver noname\n' >spool/new/noname
printf 'hello\000\n' >spool/new/nulrequest
nl='two
lines'
echo x >"spool/new/$nl"
echo 'pkgver -x' >spool/new/-x
long=$(printf '%0230d' 0)
echo x >"spool/new/$long"
echo x >spool/new/.hidden
: >spool/new/young
touch -d 2000-01-01 spool/new/old
touch -d '3 hours' spool/new/later
mkdir spool/wait/dir-1_1.x86_64
ln -s /etc/passwd spool/run/link-1_1.x86_64
: >spool/ready/empty-1_1.x86_64
exits 1 'all sorts of things in new/' spiff-run -1
is 'the job among them is built' "$(where good-1_1)" 'done '
is 'new/ is empty but for the hidden, and what may be still to come' \
	"$(find spool/new -type f | sort)" 'spool/new/.hidden
spool/new/young'
is 'what is empty' "$(reason old)" 'an empty file'
is 'though the clock was put back' "$(reason later)" 'an empty file'
is 'a directory' "$(reason dir)" 'not a regular file'
check 'it is kept with what is in it' [ -d spool/fail/dir/below ]
is 'a link' "$(reason link)" 'not a regular file'
check 'it is kept' [ -L spool/fail/link ]
is 'a fifo' "$(reason fifo)" 'not a regular file'
is 'too large' "$(reason large)" 'larger than 1048576 bytes'
is 'of another name' "$(reason named-1_1.x86_64)" \
	"pkgver is not the name's: other-1_1"
has 'who says another name does no harm in the log' err \
	"there-1_1.x86_64: fail: pkgver is not the name's: here-1_1"
is 'a bad line' "$(reason bad-1_1.x86_64)" 'line 2: no value for asked'
is 'a NUL in a job' "$(reason nul-1_1.x86_64)" 'a NUL byte'
is 'no name of a job' "$(reason noname)" \
	'not a job name: expected PKGVER.ARCH'
is 'a NUL in a request' "$(reason nulrequest)" 'a NUL byte'
is 'a newline in the name' "$(reason "$nl")" 'bad name'
has 'which is shown so that it does no harm' err 'two?lines: fail: bad name'
check 'and kept' [ -f "spool/fail/$nl" ]
check 'a dash before the name' [ -f spool/fail/-x ]
is 'a long name' "$(cat spool/fail/0000*.reason)" 'bad name'
is 'a directory in wait/' "$(reason dir-1_1.x86_64)" 'not a regular file'
is 'a link in run/' "$(reason link-1_1.x86_64)" 'not a regular file'
is 'an empty file in ready/' "$(reason empty-1_1.x86_64)" 'no pkgver'

mkdir spool/new/dir
exits 1 'once more the same name' spiff-run -1
check 'takes another' [ -d spool/fail/dir.1 ]
check 'and leaves the first' [ -d spool/fail/dir/below ]

# what a job was before
fresh
for state in 'done' fail cancel; do
	mkdir -p "spool/$state/$state-1_1.x86_64/below"
	job "$state-1_1"
done
exits 1 'directories with names of jobs' spiff-run -1
for state in 'done' fail cancel; do
	is "one in $state/ does not keep its job in new/" "$(where $state-1_1)" 'done '
	check 'and is put aside' [ -d spool/fail/$state-1_1.x86_64.dir/below ]
	is 'with the reason' "$(reason $state-1_1.x86_64.dir)" \
		'a directory with the name of a job'
done

# the same job twice
fresh
echo 'sleep 600' >how/a-1_1.x86_64
background
job a-1_1
await begun a-1_1
job a-1_1
empty() { [ -z "$(ls -A spool/new)" ]; }
await empty
await grep -q 'a-1_1.x86_64: is in run already' log
ok $? 'a job that is queued already is not queued twice'
is 'and its build goes on' "$(where a-1_1)" 'run '
end

# two versions
fresh
rm -f pid
echo 'sleep 600 & echo $! >pid; wait' >how/a-1_1.x86_64
background
job a-1_1
job b-1_1 a-1_1
job c-1_1 b-1_1
await [ -s pid ]
job a-2_1
await lies 'done' c-1_1
ok $? 'a newer version takes the place of one that is built'
is 'which is cancelled' "$(where a-1_1)" 'cancel '
is 'for the reason' "$(attr a-1_1 cancel reason)" 'superseded by a-2_1.x86_64'
is 'and named' "$(attr a-1_1 cancel by)" a-2_1.x86_64
gone() { ! kill -0 "$(cat pid)" 2>/dev/null; }
check 'its build is gone' gone
check 'the newer one is done' lies 'done' a-2_1
: >spool/pause
job d-1_1
await lies ready d-1_1
job d-2_1
await lies cancel d-1_1
ok $? 'one that is ready'
job e-1_1 d-2_1
await lies wait e-1_1
job e-2_1 d-1_1
await lies cancel e-1_1
ok $? 'one that waits'
job d-1_1
await lies cancel d-2_1
ok $? 'the older one, asked for later, takes the place of the newer'
asked=1
job d-3_1
await lies cancel d-3_1
ok $? 'one that was asked for earlier comes too late'
is 'and says who is there' "$(attr d-3_1 cancel by)" d-1_1.x86_64
rm spool/pause
await lies 'done' e-2_1
ok $? 'and who waits follows'
end

fresh
echo 'pkgver a-1_1' >spool/built/a-1_1.x86_64
mkdir spool/incoming/a-1_1.x86_64
echo 'pkgver b-1_1
needs a-1_1.x86_64' >spool/wait/b-1_1.x86_64
job a-2_1
exits 0 'one that was delivered, but is not in the index' spiff-run -1
is 'is superseded' "$(where a-1_1)" 'cancel '
check 'and its delivery removed' [ ! -e spool/incoming/a-1_1.x86_64 ]
is 'the new one is done, and who waits' "$(where a-2_1)$(where b-1_1)" 'done done '

# requests
fresh
echo bye >spool/new/one
printf 'hello\nsrcpkgs/bye/template\n' >spool/new/two
echo no-such-package >spool/new/three
echo 'a request' >'spool/new/with spaces'
exits 1 'requests' spiff-run -1
check 'the packages that they name are built' lies 'done' bye-1.0_1
check 'all of them' lies 'done' hello-1.0_1
has 'what cannot be planned fails with what spiff-enqueue says' \
	spool/fail/three.reason no-such-package
is 'and is kept' "$(cat spool/fail/three)" no-such-package
is 'nothing is left' "$(find spool/new spool/tmp -type f)" ''
fresh
printf 'none; touch %s/pwned\n' "$work" >spool/new/odd
head -c 200000 /dev/zero | tr '\0' x >spool/new/long
exits 1 'requests that are no names of packages' spiff-run -1
has 'what was passed over is said' err 'odd: request: spiff-enqueue: none; touch'
check 'and nothing was run' [ ! -e pwned ]
check 'no message is very long' [ "$(wc -c <err)" -lt 2000 ]
has 'a long answer is cut off' spool/fail/long.reason 'spiff-enqueue: xxxx'
check 'and not kept whole' [ "$(wc -c <spool/fail/long.reason)" -lt 70000 ]
fresh
echo bye >spool/new/.taken.one
exits 0 'a request that a killed run had taken' spiff-run -1
check 'is done' lies 'done' bye-1.0_1
fresh
ln -s nowhere spool/new/.taken.link
mkdir spool/new/.taken.dir
: >spool/new/.taken.
: >spool/new/.taken..
mkfifo spool/new/.taken.fifo
head -c 1100000 /dev/zero | tr '\0' x >spool/new/.taken.large
exits 1 'what has such a name and is no request' spiff-run -1
for f in link dir fifo; do
	is "is refused: a $f" "$(cat spool/fail/$f.reason)" 'not a regular file'
done
is 'or one that is too large' "$(cat spool/fail/large.reason)" \
	'larger than 1048576 bytes'
is 'at once' "$(grep -c again err)" 0
is 'the hidden is passed over' "$(ls -A spool/new)" '.taken.
.taken..'

# a run that was killed, and has a parent that does not ask how it ended
fresh
cp -R "$test/void-packages" tree
mkdir tree/srcpkgs/slow
{
	echo "until [ -e $work/go ]; do :; done"
	sed 's/^pkgname=.*/pkgname=slow/' tree/srcpkgs/cook/template
} >tree/srcpkgs/slow/template
echo slow >spool/new/r
SPIFF_DISTDIR=$work/tree
sh -c 'spiff-run -1 2>>log & echo $! >pid; exec sleep 600' &
parent=$!
runs="$runs $parent"
await [ -e spool/new/.taken.r ]
kill -9 "$(cat pid)"
await grep -q '^State:.Z' "/proc/$(cat pid)/status"
: >go
exits 0 'after a run that was killed' spiff-run -1
is 'nothing of it is left' "$(ls -A spool/tmp spool/new)" 'spool/new:

spool/tmp:'
is 'and its request is met' "$(where slow-1.0_1)" 'done '
kill "$parent"
SPIFF_DISTDIR=$test/void-packages

# requests that the machine spoils
fresh
SPIFF_DISTDIR=$work/nowhere
for r in r s t; do
	echo hello >spool/new/$r
done
exits 1 'requests that spiff-enqueue cannot read a tree for' spiff-run -1
for r in r s t; do
	is "$r is tried three times" "$(grep -c "^spiff-run: $r: .*: again\$" err)" 2
	has 'and then fails' spool/fail/$r.reason nowhere
done
SPIFF_DISTDIR=$test/void-packages
exits 0 'later they can be met' sh -c 'mv spool/fail/[rst] spool/new; spiff-run -1'

# another request of the name of one that was renamed and not yet met
fresh
echo bye >spool/new/.taken.r
echo hello >spool/new/r
exits 0 'two requests of one name' spiff-run -1
is 'are both met' "$(where bye-1.0_1)$(where hello-1.0_1)" 'done done '

# The kernel tells nothing of what is written through another link: a look at the
# whole spool alone sees it. Such looks come by themselves, too, so one round in
# which spiff-run saw the file trouble and not the change is enough.
fresh
background
unlooked() {
	job "hidden$1-1_1" absent-1_1
	await lies wait "hidden$1-1_1"
	ln "spool/wait/hidden$1-1_1.x86_64" linked
	echo 'asked yesterday' >>linked
	rm linked
	: >spool/trouble
	rm spool/trouble
	echo 'pkgver noname' >spool/tmp/later
	mv spool/tmp/later "spool/new/later$1"
	await [ -e "spool/fail/later$1.reason" ]
	lies wait "hidden$1-1_1"
}
round=1
until unlooked $round || [ $round -eq 20 ]; do
	round=$((round + 1))
done
[ $round -lt 20 ]
ok $? 'the file trouble makes nobody look at the whole spool'
await lies fail "hidden$round-1_1"
ok $? 'which is done from time to time'
end

# a job that has failed is put back by hand: it has all its tries again
fresh
SPIFF_PAUSE=0
export SPIFF_PAUSE
echo 'exit 111' >how/a-1_1.x86_64
job a-1_1
exits 1 'a machine that always fails' spiff-run -1
is 'has three tries' "$(wc -l <begun)" 3
mv spool/fail/a-1_1.x86_64 spool/new
exits 1 'put back' spiff-run -1
is 'it has three more' "$(wc -l <begun)" 6

plan
