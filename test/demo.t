#!/bin/sh
# The demo does what it shows: what it prints and its end state.
. "$(dirname "$0")/lib/lib.sh"

exits 0 'the demo' sh "$test/demo" demo
cp out said
cd demo || exit 1
# shellcheck disable=SC2016
has 'shows its commands' ../said '$ spiff-enqueue welcome'
has 'the plan' ../said 'welcome-1.0_1	'
has 'the queue moving' ../said 'spiff-run: hello-1.0_1.'
has 'a version that takes the place of another' ../said 'superseded	hello-2.0_1.'
has 'a cycle' ../said 'chicken -> egg -> chicken'
has 'why a package is not built' ../said 'ouch-1.0_1'
has 'the result' ../said 'Hello, world!'
has 'how to serve it' ../said "busybox httpd -f -p 8080 -h $PWD/hostdir/binpkgs"
exits 0 'the command that it ends with' sh -c \
	"cd / && $(grep '^SPIFF_CONF=.*/bin/spiff-status$' ../said)"
has 'shows its spool' out 'oops-1.0_1'
has 'the site' ../said "file://$PWD/www/index.html"
has 'which says what failed' www/index.html 'oops-1.0_1'
has 'how to use it' ../said "xbps-install --repository=$PWD/hostdir/binpkgs"

# jobs STATE: their packages
jobs() {
	for f in "spool/$1"/*; do
		f=${f##*/}
		echo "${f%.*}"
	done | paste -s -d ' ' -
}
is 'what is done' "$(jobs 'done')" 'bye-1.0_1 cook-1.0_1 doorbell-1.0_1 greetings-1.0_1 hello-1.0_1 hello-2.1_1 libgreet-1.0_1 palette-1.0_1 salad-1.0_1 welcome-1.0_1'
is 'what failed' "$(jobs fail)" oops-1.0_1
is 'what waits for it' "$(jobs wait)" ouch-1.0_1
is 'what was superseded' "$(jobs cancel)" hello-2.0_1
is 'the newer version is in the index, the older nowhere' \
	"$(cd hostdir/binpkgs && spiff-index -l . | grep -c ^hello-2.1_1; ls hello*)" \
	"1
hello-2.1_1.$(uname -m).xbps"

plan
