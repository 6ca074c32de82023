#!/bin/sh
# spiff-receive: deliveries from other machines, and of earlier tries.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/lib.sh"

SPIFF_SPOOL=$work/spool
export SPIFF_SPOOL
spool
mkdir -p d/nonfree
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
# what lies in incoming/
there() {
	(cd spool/incoming && find . -mindepth 1 ! -type d ! -name .lock | sort | paste -s -d ' ' -)
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
has 'which is said' err 'try 1 is not wanted: it is at try 2'
exits 1 'a try that has not begun' spiff-receive $job 3 <one
delivery 2 >two
exits 0 'the current one takes the place of an earlier one' spiff-receive $job 2 <two
is 'all of it' "$(there) $(grep ^try spool/incoming/$job/manifest)" "$all try 2"
at 1
exits 0 'and that of one that the job does not know of' spiff-receive $job 1 <one
is 'all of it' "$(there) $(grep ^try spool/incoming/$job/manifest)" "$all try 1"
rm -r spool/incoming/$job
echo file >spool/incoming/$job
exits 0 'and that of what is no delivery' spiff-receive $job 1 <one
is 'all of it' "$(there)" "$all"
for state in new wait ready built 'done' fail cancel; do
	mv spool/run/$job spool/$state
	exits 1 "a job in $state/ is not built" spiff-receive $job 1 <one
	mv spool/$state/$job spool/run
done

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
refused 'a job twice' '1p'
refused 'a try twice' '2p'
refused 'a file twice' '3p'
refused 'what is no line of one' '2s/$/\nnode x/'
refused 'another try' 's/^try 1/try 1000001/'
for name in .. ../run/x .hidden -x 'a b' 'a/b' ''; do
	exits 2 "a job called '$name'" spiff-receive "$name" 1 <one
done
exits 2 'a try that is no number' spiff-receive $job x <one
exits 2 'or a path' spiff-receive $job ../1 <one
exits 2 'or none' spiff-receive $job . <one
ln -s "$work/d" spool/run/link-1_1.x86_64
exits 1 'a link is no job' spiff-receive link-1_1.x86_64 1 <one

# how much
exits 1 'more than SPIFF_DELIVERMAX' env SPIFF_DELIVERMAX=7 spiff-receive $job 1 <one
has 'is said' err '8 bytes are more than SPIFF_DELIVERMAX=7'
exits 0 'as much' env SPIFF_DELIVERMAX=8 spiff-receive $job 1 <one
rm -r spool/incoming/$job
sed "s| 4 $job| 4000000000000000000 $job|" one >huge
exits 111 'more than there is room for' env SPIFF_DELIVERMAX=4E spiff-receive $job 1 <huge
has 'is said' err 'no room for 40000000000000'
exits 1 'a manifest without an end' sh -c "yes 'package 0' | spiff-receive $job 1"
has 'is not read for ever' err 'the manifest is too large'
is 'nothing is left' "$(ls -A spool/incoming)" ''
{
	echo "job $job"
	echo 'try 1'
	i=0
	: >empty
	sum=$(sha256sum <empty)
	while [ $i -lt 4000 ]; do
		i=$((i + 1))
		echo "package ${sum%% *} 0 x$i-1_1.x86_64.xbps"
	done
	echo end
} >many
exits 0 'many files' spiff-receive $job 1 <many
is 'are there' "$(there | wc -w)" 4001
rm -r spool/incoming/$job

# two senders at a time do not get into each other's way
mkfifo slow
spiff-receive $job 1 <slow &
exec 3>slow
head -n 5 one >&3
await sh -c 'ls -A spool/incoming | grep -q tmp || ! kill -0 $0' $!
exits 0 'one comes while another is slow' spiff-receive $job 1 <one
sed 1,5d one >&3
exec 3>&-
wait $!
is 'which comes too late, and leaves nothing' "$? $(there)" "0 $all"
rm -r spool/incoming/$job

# what a killed one has left goes when nobody waits for it
mkdir spool/incoming/.$job.1.host.7.tmp spool/incoming/.other-1_1.x86_64.1.a.tmp \
	spool/incoming/other-1_1.x86_64 spool/incoming/old-1_1.x86_64
printf 'pkgver old-1_1\narch x86_64\n' >spool/built/old-1_1.x86_64
exits 1 'spiff-index -i' spiff-index -i -s spool repo
is 'removes what is left of others' "$(find spool/incoming \
	-mindepth 1 -maxdepth 1 ! -name .lock)" "spool/incoming/.$job.1.host.7.tmp"
rm -r spool/incoming/.$job* spool/fail/*

# a key that is bound to a machine and an architecture
for args in '-n one' '-n one -a x86_64' '-a aarch64,x86_64'; do
	echo 'node one' >>spool/run/$job
	echo 'arch x86_64' >>spool/run/$job
	# shellcheck disable=SC2086
	exits 0 "a job of its own: $args" spiff-receive $args $job 1 <one
	rm -r spool/incoming/$job
done
exits 1 'a job of another machine' spiff-receive -n two $job 1 <one
has 'which is said' err 'is built by one, not two'
exits 1 'of another architecture' spiff-receive -n one -a i686,aarch64 $job 1 <one
has 'which is said' err 'is for x86_64, not i686,aarch64'
at 1
echo 'arch x86_64' >>spool/run/$job
spiff-receive -n one $job 1 <one &
sleep 0.1
echo 'node one' >>spool/run/$job
wait $!
is 'a job whose machine is said later' "$? $(there)" "0 $all"
rm -r spool/incoming/$job

# by ssh, where a key may run this alone
mkdir bin
cat >bin/ssh <<END
#!/bin/sh
echo "\$*" >>$work/asked
END
cat >>bin/ssh <<'END'
shift 3
SSH_ORIGINAL_COMMAND=$* exec spiff-receive -a x86_64
END
chmod +x bin/ssh
PATH=$work/bin:$PATH
exits 0 'by ssh' ssh -o BatchMode=yes home spiff-receive $job 1 <one
is 'it is there' "$(there)" "$all"
exits 2 'any other command' ssh -o BatchMode=yes home sh -c 'touch hacked' <one
exits 2 'one behind it' ssh -o BatchMode=yes home spiff-receive $job 1 '; touch hacked' <one
exits 2 'a pattern' ssh -o BatchMode=yes home spiff-receive '*' 1 <one
exits 2 'what is for this machine alone' ssh -o BatchMode=yes home spiff-receive -p x $job 1
exits 2 'options' ssh -o BatchMode=yes home spiff-receive -n one $job 1 <one
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
has 'is refused' out 'try 3 is not wanted: it is at try 4'
is 'hostdir is clean' "$(ls -A hostdir/binpkgs)" ''

plan
