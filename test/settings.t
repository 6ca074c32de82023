#!/bin/sh
# The settings: one reader, which checks every value, and says where a wrong one
# stands.
# shellcheck disable=SC2016,SC2030,SC2031,SC2088
. "$(dirname "$0")/lib/lib.sh"

HOME=$work/home
SPIFF_CONF=$work/etc/spiff.conf
SPIFF_ARCH=x86_64 SPIFF_HOST=x86_64
export HOME SPIFF_CONF SPIFF_ARCH SPIFF_HOST
mkdir -p home etc elsewhere

# conf LINE...: the settings file
conf() {
	printf '%s\n' "$@" >etc/spiff.conf
}

# value NAME: what the setting is, seen from another directory
value() {
	(cd elsewhere && spiff-env) | sed -n "s/^$1=//p"
}

# refused WHAT MESSAGE LINE...: a file with these lines is not taken
refused() {
	refused_name=$1 refused_message=$2
	shift 2
	conf "$@"
	exits 2 "$refused_name" spiff-env
	has "$refused_name: is said" err "$refused_message"
}

# paths

conf '# where things are' '' 'SPIFF_SPOOL=~/spool' 'SPIFF_REPO=../hostdir/binpkgs' \
	'SPIFF_DISTDIR=mine:~/theirs:/void' 'SPIFF_REPOS=main http://x.org/current' \
	'SPIFF_BUILD=bin/build'
is 'a home directory' "$(value SPIFF_SPOOL)" \
	"$work/home/spool	$work/etc/spiff.conf:3"
is 'a relative path: relative to the file' "$(value SPIFF_REPO)" \
	"$work/etc/../hostdir/binpkgs	$work/etc/spiff.conf:4"
is 'a list of trees' "$(value SPIFF_DISTDIR)" \
	"$work/etc/mine:$work/home/theirs:/void	$work/etc/spiff.conf:5"
is 'a list of repositories' "$(value SPIFF_REPOS)" \
	"$work/etc/main http://x.org/current	$work/etc/spiff.conf:6"
is 'some for architectures' "$(conf \
	'SPIFF_REPOS=x86_64,i686=main aarch64=~/far armv7l=http://x.org/a=b ./a=b' &&
	value SPIFF_REPOS)" \
	"x86_64,i686=$work/etc/main aarch64=$work/home/far armv7l=http://x.org/a=b $work/etc/./a=b	$work/etc/spiff.conf:1"
conf '# where things are' '' '' '' '' '' 'SPIFF_BUILD=bin/build'
is 'a program in a directory' "$(value SPIFF_BUILD)" \
	"$work/etc/bin/build	$work/etc/spiff.conf:7"
is 'a default: beside the file that is named' "$(value SPIFF_HOSTDIR)" \
	"$work/etc/hostdir	default"
is 'of the environment: from where we are' \
	"$(export SPIFF_SPOOL=x; value SPIFF_SPOOL)" "$work/elsewhere/x	environment"
is 'a home directory in the environment' \
	"$(export SPIFF_SPOOL='~/x'; value SPIFF_SPOOL)" "$work/home/x	environment"
is 'no file: from where we are' "$(SPIFF_CONF=/dev/null; value SPIFF_SPOOL)" \
	"$work/elsewhere/spool	default"
conf 'SPIFF_SLOTS = 3 '
is 'blanks around it' "$(value SPIFF_SLOTS)" "3	$work/etc/spiff.conf:1"
conf 'SPIFF_SLOTS=3' 'SPIFF_SLOTS='
is 'an empty value: as if it was not there' "$(value SPIFF_SLOTS)" \
	"3	$work/etc/spiff.conf:1"
conf 'SPIFF_SLOTS=3'
is 'the environment comes first' "$(export SPIFF_SLOTS=5; value SPIFF_SLOTS)" \
	'5	environment'
printf 'SPIFF_SLOTS=3' >etc/spiff.conf
is 'a last line without an end' "$(value SPIFF_SLOTS)" \
	"3	$work/etc/spiff.conf:1"

# what is not taken

refused 'an unknown name' 'spiff.conf:2: SPIFF_SLOT: no such setting: did you mean SPIFF_SLOTS?' \
	'# x' 'SPIFF_SLOT=2'
refused 'a name like no other' 'spiff.conf:1: PATH: no such setting' 'PATH=/bin'
conf ''
exits 0 'of the environment it is ignored' env SPIFF_SLOT=2 spiff-env
is 'without a word' "$(grep 'SPIFF_SLOT=' out err)" ''
refused 'no name' 'spiff.conf:1: hello: expected NAME=value' 'hello'
refused 'quotes' 'spiff.conf:1: SPIFF_SPOOL: no quotes' 'SPIFF_SPOOL="/x y"'
refused 'a variable' 'spiff.conf:1: SPIFF_SPOOL: $ is not expanded' 'SPIFF_SPOOL=$HOME/x'
refused 'another home directory' \
	'spiff.conf:1: SPIFF_SPOOL=~root/x: only ~/ is expanded' 'SPIFF_SPOOL=~root/x'
refused 'a comment behind a value' 'a comment has a line of its own' \
	'SPIFF_SLOTS=2 # two'
refused 'a typing error' 'spiff.conf:1: SPIFF_WATCH=typo: expected inotify or scan' \
	'SPIFF_WATCH=typo'
refused 'no number' 'spiff.conf:1: SPIFF_PAUSE=soon: expected seconds, 0 to 86400' \
	'SPIFF_PAUSE=soon'
refused 'too large a number' 'SPIFF_COMPRESSION=20: expected a level, 1 to 19' \
	'SPIFF_COMPRESSION=20'
refused 'neither yes nor no' 'SPIFF_CHECK=maybe: expected yes, no or full' \
	'SPIFF_CHECK=maybe'
refused 'an unknown builder' 'SPIFF_BUILDER=cloud: expected local or nomad' \
	'SPIFF_BUILDER=cloud'
refused 'no size' 'SPIFF_MEMORY=much: expected a size such as 4G' 'SPIFF_MEMORY=much'
refused 'native builders of no architecture' \
	'SPIFF_NATIVE=aarch64,armv7l: expected architectures with spaces between' \
	'SPIFF_NATIVE=aarch64,armv7l'
refused 'slots of no architecture' 'SPIFF_SLOTS=x86_64=2,=1: expected a number of builds' \
	'SPIFF_SLOTS=x86_64=2,=1'
refused 'an option in place of an address' 'SPIFF_DELIVER=-oProxyCommand=x: expected user@host' \
	'SPIFF_DELIVER=-oProxyCommand=x'
refused 'a directory that xbps-src cannot use' \
	"spiff.conf:1: SPIFF_HOSTDIR=$work/etc/a b: xbps-src" 'SPIFF_HOSTDIR=a b'
mkdir 'with space'
echo SPIFF_SLOTS=2 >'with space/spiff.conf'
exits 2 'nor one that is so by default' env "SPIFF_CONF=$work/with space/spiff.conf" \
	spiff-env
has 'it is named' err "SPIFF_HOSTDIR=$work/with space/hostdir: xbps-src cannot work"
printf 'SPIFF_SLOTS=2\nSPIFF_\0SPOOL=x\n' >etc/spiff.conf
exits 2 'a NUL byte' spiff-env
has 'its line is named' err 'spiff.conf:2: '
printf 'SPIFF_WATCH=x\nSPIFF_PAUSE=y\n' >etc/spiff.conf
exits 2 'two faults' spiff-env
is 'both are named' "$(wc -l <err)" 2

conf 'SPIFF_SLOTS=2'
exits 2 'no file of that name' env SPIFF_CONF=nowhere spiff-env
has 'it is named' err 'nowhere: No such file'
chmod o+w etc/spiff.conf
exits 2 'a file that everybody can write to' spiff-env
has 'is said' err 'spiff.conf: everybody can write to it'
chmod o-w etc/spiff.conf

# flags and the environment

exits 2 'a flag' spiff-status -j many -s spool
has 'it is named' err '-j many: expected a number of builds'
exits 2 'an empty flag' spiff-status -s ''
is 'no tests of packages: an empty value' "$(conf SPIFF_CHECK=no; value SPIFF_CHECK)" \
	"	$work/etc/spiff.conf:1"
exits 2 'a variable' env SPIFF_CHECK=maybe spiff-env
has 'it is named, without a file' err 'spiff-env: SPIFF_CHECK=maybe: expected'
exits 2 'no architecture' env SPIFF_ARCH=../x spiff-env
exits 2 'a control character' env SPIFF_SPOOL="$(printf 'a\033b')" spiff-env

# what programs that spiff-env starts see

conf 'SPIFF_SPOOL=~/spool' "SPIFF_SIGNEDBY=A <b@c.de>"
is 'a program gets them' "$(spiff-env sh -c 'echo "$SPIFF_SPOOL:$SPIFF_SIGNEDBY"')" \
	"$work/home/spool:A <b@c.de>"
is 'and no file' "$(spiff-env sh -c 'echo "$SPIFF_CONF"')" /dev/null
is 'nothing else' "$(SECRET=x spiff-env sh -c 'echo "${SECRET-none}"')" none
exits 127 'no such program' spiff-env nosuchprogram
exits 7 'its exit status' spiff-env sh -c 'exit 7'

# modes do not depend on who starts a program

(umask 000 && spiff-run -1 -s "$work/wide" 2>/dev/null)
is 'a spool is not for everybody to write to, whatever the umask' \
	"$(find wide -perm -o+w)" ''
spool
chmod o+w spool/new
exits 111 'one that is' spiff-run -1 -s spool
has 'is refused' err 'spool/new: everybody can write to it'

plan
