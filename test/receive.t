#!/bin/sh
# spiff-receive: deliveries from other machines, and of earlier tries.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/lib.sh"

SPIFF_SPOOL=$work/spool
export SPIFF_SPOOL
mkdir -p spool/incoming spool/run d/nonfree
job=hello-1.0_1.x86_64
# at N: the job is at that try
at() {
	printf 'pkgver hello-1.0_1\ntries 1\ntries %d\n' "$1" >spool/run/$job
}
echo one >d/$job.xbps
echo two >d/nonfree/hello-extra-1.0_1.noarch.xbps
# line PATH: of the manifest
line() {
	sum=$(sha256sum <"d/$1")
	echo "package ${sum%% *} $(wc -c <"d/$1") $1"
}
# delivery TRY: as spiff-build sends it
delivery() {
	echo "job $job"
	echo "try $1"
	line $job.xbps
	line nonfree/hello-extra-1.0_1.noarch.xbps
	echo end
	cat d/$job.xbps d/nonfree/hello-extra-1.0_1.noarch.xbps
}
# what lies in incoming
there() {
	(cd spool/incoming && find . -mindepth 1 ! -type d | sort | paste -s -d ' ' -)
}

delivery 1 >one
exits 1 'a job that nobody waits for is refused' spiff-receive $job 1 <one
at 1
exits 0 'a delivery' spiff-receive $job 1 <one
all="./$job/$job.xbps ./$job/manifest ./$job/nonfree/hello-extra-1.0_1.noarch.xbps"
is 'is there, and nothing else' "$(there)" "$all"
is 'as it was sent' "$(cat spool/incoming/$job/nonfree/*)" two
exits 0 'twice the same' spiff-receive $job 1 <one
at 2
exits 1 'an earlier try is refused' spiff-receive $job 1 <one
has 'which is said' out 'try 1 is not wanted, it is at try 2'
delivery 2 >two
exits 0 'the current one takes the place of an earlier one' spiff-receive $job 2 <two
is 'all of it' "$(there) $(grep ^try spool/incoming/$job/manifest)" "$all try 2"
at 1
exits 1 'a later one stays, even if the job does not know' spiff-receive $job 1 <one
is 'as it was' "$(grep ^try spool/incoming/$job/manifest)" 'try 2'

rm -r spool/incoming/$job
{ cat one; echo 'spiff-build: delivered 2'; } >logged
at 1
exits 0 'a delivery with the log behind it' spiff-receive $job 1 <logged
is 'which lies beside' "$(cat spool/incoming/$job/log)" 'spiff-build: delivered 2'

rm -r spool/incoming/$job
# refused NAME SED: a delivery that is changed so
refused() {
	sed "$2" one >bad
	exits 1 "$1" spiff-receive $job 1 <bad
	is "$1: nothing is left" "$(there)$(ls -A spool/incoming)" ''
}
refused 'other bytes' 's/^one/two/'
refused 'a short file' '$d'
refused 'no end' '/^end/d'
refused 'an absolute path' 's| hello-1| /tmp/hello-1|'
refused 'a path upwards' 's|nonfree/|../|'
refused 'a hidden name' 's|nonfree/|.new/|'
refused 'a long path' 's|nonfree/|a/b/c/|'
refused 'no package' 's|noarch.xbps|noarch.sh|'
refused 'a size that is none' 's| 4 | -4 |'
refused 'a huge size' 's| 4 | 99999999999999 |'
refused 'no hash' 's/^package ./package x/'
refused 'the manifest of another job' 's/^job hello/job other/'
refused 'the manifest of another try' 's/^try 1/try 2/'
refused 'no package at all' '/^package/d'
for name in .. ../run/x .hidden -x 'a b' 'a/b' ''; do
	exits 2 "a job called '$name'" spiff-receive "$name" 1 <one
done
exits 2 'a try that is no number' spiff-receive $job x <one
ln -s "$work/d" spool/run/link-1_1.x86_64
exits 1 'a link is no job' spiff-receive link-1_1.x86_64 1 <one

# by ssh, where a key may run this alone
mkdir bin
cat >bin/ssh <<END
#!/bin/sh
echo "\$*" >>$work/asked
END
cat >>bin/ssh <<'END'
shift 3
SSH_ORIGINAL_COMMAND=$* exec spiff-receive
END
chmod +x bin/ssh
PATH=$work/bin:$PATH
exits 0 'by ssh' ssh -o BatchMode=yes home spiff-receive $job 1 <one
is 'it is there' "$(there)" "$all"
exits 2 'any other command' ssh -o BatchMode=yes home sh -c 'touch hacked' <one
exits 2 'one behind it' ssh -o BatchMode=yes home spiff-receive $job 1 '; touch hacked' <one
exits 2 'a pattern' ssh -o BatchMode=yes home spiff-receive '*' 1 <one
exits 2 'what is for this machine alone' ssh -o BatchMode=yes home spiff-receive -p $job 1
check 'nothing was run' [ ! -e hacked ]

# spiff-build does so
rm -rf spool/incoming/* asked
arch=$(uname -m)
SPIFF_DISTDIR=$test/void-packages SPIFF_HOSTDIR=$work/hostdir
SPIFF_MASTERDIR=$work/masterdir SPIFF_REPO=$work/hostdir/binpkgs
SPIFF_DELIVER=build@home
export SPIFF_DISTDIR SPIFF_HOSTDIR SPIFF_MASTERDIR SPIFF_REPO SPIFF_DELIVER
job=greetings-1.0_1.$arch
printf 'pkgver greetings-1.0_1\narch %s\nhost %s\ntries 3\n' "$arch" "$arch" \
	>"spool/run/$job"
cp "spool/run/$job" job
exits 0 'a build that delivers by ssh' spiff-build job
has 'to that machine' asked "build@home spiff-receive $job 3"
is 'it has come' "$(there)" "./$job/greetings-1.0_1.noarch.xbps ./$job/manifest"
is 'of that try' "$(grep ^try "spool/incoming/$job/manifest")" 'try 3'
echo 'tries 4' >>"spool/run/$job"
exits 111 'a build that was thought dead' spiff-build job
has 'is refused' out 'try 3 is not wanted, it is at try 4'
is 'hostdir is clean' "$(ls -A hostdir/binpkgs)" ''

plan
