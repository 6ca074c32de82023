#!/bin/sh
# Why a build failed: class, reason and the log's line as spiff-build says them, in
# the job's file, in spiff-run's messages and in spiff-status -y.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/run.sh"

# how JOB: the rest of its build, from standard input
how() {
	cat >"how/$1.x86_64"
}

# attribute PKGVER NAME: the last value that the failed job has
attribute() {
	sed -n "s/^$2 //p" "spool/fail/$1.x86_64" | tail -n 1
}

fresh
how a-1_1 <<'END'
echo 'cd /tree && ./xbps-src pkg a'
echo 'a.c:1:1: error: no'
echo 'spiff-build: to repeat it by hand: spiff-build -k x'
echo 'spiff-build: class repository'
echo 'spiff-build: logline 2'
echo 'spiff-build: xbps-src does not see b-1_1'
exit 1
END
job a-1_1
exits 1 'a failed build' spiff-run -1
is 'its class' "$(attribute a-1_1 class)" repository
is 'its reason' "$(attribute a-1_1 reason)" 'xbps-src does not see b-1_1'
is "the log's line" "$(attribute a-1_1 logline)" 2
has 'spiff-run says the reason' err 'a-1_1.x86_64: fail: xbps-src does not see b-1_1'
has 'where the log is' err "see $work/spool/log/a-1_1.x86_64.log.gz"
has 'and the command that repeats it' err "try spiff-build -k $work/spool/fail/a-1_1.x86_64"
exits 1 'spiff-status -y' spiff-status -y a
has 'says the same' out 'repository: xbps-src does not see b-1_1'
has 'shows the line' out "log: zless +2 $work/spool/log/a-1_1.x86_64.log.gz"
is 'and the command, with nothing behind it' "$(grep -o 'again by hand: .*' out)" \
	"again by hand: spiff-build -k $work/spool/fail/a-1_1.x86_64"

fresh
how a-1_1 <<'END'
echo 'spiff-build: class repository'
echo 'make: *** Error 1'
exit 1
END
job a-1_1
exits 1 'a log that ends with words of others' spiff-run -1
is 'says nothing of the class' "$(attribute a-1_1 class)" package

fresh
how a-1_1 <<'END'
echo 'spiff-build: class setup'
echo 'spiff-build: no chroot can be made'
exit 100
END
job a-1_1
job b-1_1
exits 111 'where nothing can be built spiff-run ends' spiff-run -1 -j 1
has 'it says why' err 'nothing can be built here: no chroot can be made'
is 'once' "$(grep -c 'nothing can be built' err)" 1
is 'no job has failed for it' "$(ls spool/fail)" ''

# a number that no job can have
fresh
for n in -7 99999999999999999999; do
	how b-1_1 <<-END
	echo "spiff-build: logline $n"
	echo 'spiff-build: class package'
	echo 'spiff-build: no luck'
	exit 1
	END
	job b-1_1
	spiff-run -1 >out 2>err
	is "the job is still one: $n" "$(spiff-status -l b | cut -f 4)" 'package: no luck'
done

# a package that is there, and is built once more
fresh
job hello-1.0_1
spiff-run -1 >out 2>err
exits 0 'a package that is built' spiff-status -y hello
how hello-1.0_1 <<'END'
echo 'spiff-build: class package'
echo 'spiff-build: no luck'
exit 1
END
job hello-1.0_1
echo 'force 1' >>spool/new/hello-1.0_1.x86_64
spiff-run -1 >out 2>err
for name in hello hello-1.0_1.x86_64; do
	exits 1 "and failed when it was built again: $name" spiff-status -y "$name"
	has 'is there' out 'hello-1.0_1	built: in '
	has 'and why it failed is said' out 'package: no luck'
done

# spiff-index cannot take in what is built
fresh
: >log
job a-1_1
SPIFF_PRIVKEY=$work/none SPIFF_SIGNEDBY=me background
await [ -s spool/unindexed ]
why="SPIFF_PRIVKEY: $work/none: No such file or directory"
spiff-status -y a >out 2>err
has 'a built job says why it is not in the index' out \
	"ago, but not in the index: $why"
spiff-status >out
has 'and so does the table' out \
	"what is built does not come into the index: $why"
spiff-status -l >out
is 'and the list' "$(cut -f 1,2,4 out)" "a-1_1.x86_64	built	$why"
spiff-status -w www
has 'and the site' www/index.html \
	"What is built does not come into the index: $why"
# more tries than spiff-run -1 makes
failures() { [ "$(grep -c 'spiff-index: again in' log)" -ge 4 ]; }
await failures
is 'spiff-run is not idle then' "$(grep 'nothing to do' log)" ''
end
spiff-status >out
is 'without a scheduler the reason is not told' "$(grep "$work/none" out)" ''
background
await lies 'done' a-1_1
gone() { [ ! -e spool/unindexed ]; }
await gone
ok $? 'when it comes into the index the reason is gone'
end

# what can be known before the first build
fresh
emptytree
printf '#!/bin/sh\necho "ERROR: xbps-src cannot be used as root."\nexit 1\n' >tree/xbps-src
unset SPIFF_BUILD
job a-1_1
exits 111 'an xbps-src that refuses' spiff-run -1
has 'is told before the first build' err \
	'nothing can be built here: xbps-src cannot be used as root.'
is 'of which none was begun' "$(ls spool/fail spool/log)" 'spool/fail:

spool/log:'

echo file >nodir
SPIFF_HOSTDIR=$work/nodir/x exits 111 'a hostdir that cannot be made' spiff-run -1
has 'is told before the first build' err "nothing can be built here: SPIFF_HOSTDIR: "
is 'and no job has failed for it' "$(where a-1_1)" 'new '
mkdir 'a b'
(cd 'a b' && SPIFF_HOSTDIR=hostdir spiff-run -1) >out 2>err
is 'a directory that xbps-src cannot use' $? 111
has 'is told as well' err \
	"nothing can be built here: spiff-env: SPIFF_MASTERDIR=$work/a b/masterdir: xbps-src"

plan
