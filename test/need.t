#!/bin/sh
# What a machine lacks is installed, or said. The machine is a directory of
# links to the few programs it has, and package managers that only make notes.
. "$(dirname "$0")/lib/lib.sh"

mkdir has
for p in sh cut dirname env sort tr; do
	ln -s "$(command -v $p)" has/$p
done

# fake NAME COMMANDS: a program of the machine
fake() {
	printf '#!/bin/sh\n%s\n' "$2" >"has/$1"
	chmod +x "has/$1"
}

# need STATUS NAME PURPOSE...: runs need on that machine
need() {
	need_status=$1 need_name=$2
	shift 2
	exits "$need_status" "$need_name" \
		env PATH="$work/has" NOTES="$work/notes" sh "$test/need" "$@"
}

fake id 'echo 0'
need 1 'no package manager: says what is missing' build run
has 'a header' err 'archive.h'
has 'a command' err 'bash'
has 'the packages of Debian' err 'Debian: bash binutils'
has 'and of Void' err 'Void: base-devel bash'
is 'nothing on standard output' "$(cat out)" ''

# shellcheck disable=SC2016
fake xbps-install 'echo "$*" >>"$NOTES"'
need 1 'Void: installs, and sees what did not come' build
is 'with xbps-install' "$(cat notes)" '-Syu xbps
-y base-devel libarchive-devel libbsd-devel libmd-devel zlib-devel'
has 'says what is still missing' err 'still missing: archive.h'

# the installation brings a compiler that finds every header
# shellcheck disable=SC2016
fake apt-get 'echo "$*" >>"$NOTES"
case $* in
*install*) printf "#!/bin/sh\n" >"${0%/*}/cc"; /bin/chmod +x "${0%/*}/cc" ;;
esac'
rm notes
need 0 'Debian: installs' build
is 'with apt-get' "$(cat notes)" '-q update
-q install -y --no-install-recommends gcc libarchive-dev libbsd-dev libc6-dev libmd-dev zlib1g-dev'
rm notes
need 0 'the second time nothing is missing' build
is 'and nothing is said' "$(cat err)" ''
check 'and nothing is run' test ! -e notes

# the linker of a compiler may lack what a flag needs
# shellcheck disable=SC2016
fake clang 'case $* in *-fsanitize=fuzzer*) exit 1; esac'
need 1 'no linking with a flag of clang' ci
has 'says which' err ' -fsanitize=fuzzer'
rm notes

rm has/cc
fake id 'echo 1000'
need 1 'an ordinary user: says what to run' build
has 'as root' err 'as root, run: apt-get -q update; apt-get -q install'
check 'and runs nothing' test ! -e notes
# shellcheck disable=SC2016
fake sudo 'shift; "$@"'
need 0 'with sudo: installs' build
check 'with it' test -s notes

# the real machine, on which the tests run, has all they need
exits 0 'nothing is missing here' sh "$test/need" build run check
is 'and nothing is said' "$(cat out err)" ''
is 'no settings of whoever runs them' "$(SPIFF_HOOKS=hooks SPIFF_WWW=www \
	sh -c '. "$1" && env' sh "$test/lib/plain.sh" | grep -c '^SPIFF_')" 0

plan
