#!/bin/sh
# spiff-deps -m: make is the scheduler; it fails where a build fails and goes on
# from there.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64
# the flags of a make that runs us are not for the one that we run
unset MAKEFLAGS MFLAGS MAKELEVEL

exits 0 'a plan as rules' spiff-deps -m welcome ouch
mv out rules
exits 2 'a build that fails is a failure of make' make -k -j3 -f rules
has 'its reason is shown' err 'oops.c'
is 'what does not need it is built' "$(spiff-index -l repo | cut -f1 | tr '\n' ' ')" \
	'bye-1.0_1 doorbell-1.0_1 greetings-1.0_1 hello-1.0_1 libcolor-1.0_1 libcolor-devel-1.0_1 libgreet-1.0_1 libgreet-devel-1.0_1 palette-1.0_1 welcome-1.0_1 '
check 'each index entry has its file' spiff-index -v repo

sed 's/return oops/return 0/' tree/srcpkgs/oops/files/oops.c >oops.c
cp oops.c tree/srcpkgs/oops/files/oops.c
exits 0 'mended, it goes on' make -j3 -f rules
is 'with the rest alone' "$(grep '\.x86_64$' out | grep -v '	')" \
	'oops-1.0_1.x86_64
ouch-1.0_1.x86_64'
exits 0 'again' make -f rules
is 'there is nothing to do' "$(grep -c x86_64 out)" 0

# stopped in the middle of a build
cat >>tree/srcpkgs/sprout/template <<END
do_build() {
	: >"$work/started"
	until [ -e "$work/go" ]; do sleep 0.05; done
}
END
exits 0 'another plan' spiff-deps -m stem
mv out rules
setsid make -j2 -f rules >log 2>&1 &
pid=$!
await test -e started
kill -s TERM -- "-$pid"
wait "$pid" 2>/dev/null
is 'what was built before the stop stays' \
	"$(spiff-index -l repo | cut -f1 | grep -e seed -e sprout)" seed-1.0_1
: >go
exits 0 'after it, make goes on' make -j2 -f rules
is 'with what was not done' "$(grep '\.x86_64$' out | grep -v '	')" \
	'sprout-1.0_1.x86_64
stem-1.0_1.x86_64'
is 'and all is there' "$(spiff-index -l repo | cut -f1 | grep -e seed -e sprout \
	-e stem | tr '\n' ' ')" 'seed-1.0_1 sprout-1.0_1 stem-1.0_1 '

export SPIFF_REPO="\$(touch x)'"
exits 1 'a setting that make would take for something else' spiff-deps -m seed
has 'is named' err 'SPIFF_REPO: cannot be written into a makefile'

plan
