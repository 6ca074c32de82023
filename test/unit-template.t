#!/bin/sh
# Templates through bash: what is said of sound ones, and that hostile ones harm
# only themselves.
. "$(dirname "$0")/lib/lib.sh"

. "$test/lib/tmpl.sh"

# what the templates say
template plain <<'END'
hostmakedepends="one two"
makedepends="three
 four"
checkdepends="five"
depends="six>=1.0 seven-2.0_1 virtual?greeter eight"
END
says 'host dependencies' host 'one,two,' plain
says 'build dependencies, over two lines' make 'three,four,' plain
says 'run-time dependencies, patterns and virtual ones' run \
	'six six>=1.0,seven seven-2.0_1,hello virtual?greeter,eight,' plain
says 'no check dependencies without checks' check '' plain
says 'check dependencies' check 'five,' -c yes plain
says 'none of a cross build' check '' -c yes -a aarch64 plain
says 'its version' version '1.0_1,' plain

template parts <<'END'
depends="main"
parts-a_package() {
	depends="a ${sourcepkg}>=${version}_${revision}"
}
parts-b_package() {
	short_desc+=" - b"
}
END
says 'subpackages are functions' makes 'parts,parts-a,parts-b,' parts
says 'whose dependencies are whose' run \
	'main,a of parts-a,parts parts>=1.0_1 of parts-a,' parts
template named <<'END'
subpackages="named-x"
named-x_package() { depends="x"; }
named-y_package() { depends="y"; }
END
says 'or those that are named' run 'x of named-x,' named
template evaled <<'END'
for i in p q; do eval "evaled-${i}_package() { depends=$i; }"; done
END
says 'however they come to be' makes 'evaled,evaled-p,evaled-q,' evaled
mkdir -p tree/srcpkgs/globs/files
echo >tree/srcpkgs/globs/files/one.x
echo >tree/srcpkgs/globs/files/two.x
template globs <<'END'
globs-sub_package() {
	for f in "${FILESDIR}"/*.x; do
		f=${f##*/}
		depends+=" ${f%.x}"
	done
}
END
says 'patterns in a subpackage' run 'one of globs-sub,two of globs-sub,' globs
template options <<'END'
build_options="fast big"
build_options_default="fast"
makedepends="$(vopt_if fast fastlib) $(vopt_if big biglib)"
END
says 'build options by default' make 'fastlib,' options
XBPS_PKG_OPTIONS=big says 'of the environment' make 'fastlib,biglib,' options
echo 'XBPS_PKG_OPTIONS_options=~fast,big' >tree/etc/conf
says 'of etc/conf' make 'biglib,' options
rm tree/etc/conf
# the calls that are done without a fork, and the like that are not
template vopts <<'END'
build_options="a b"
build_options_default="a"
two="t w o"
makedepends="$(vopt_if a one) $(vopt_if b two three) $(vopt_if b "" 'four five')"
makedepends+=" $(vopt_if a one "$two") $(vopt_if b one "$two") $(vopt_if c not nor)"
makedepends+=" $(vopt_if  a  "six seven"  eight)$(vopt_if b nine)"
for x in $(vopt_if a "i j" k); do makedepends+=" x$x"; done
text="kept" option="kept" a="kept" on="kept"
vopts-sub_package() {
	depends="$(vopt_if a in out)$text$option$a$on"
}
END
says 'build options of words' make \
	'one,three,four,five,one,t,w,o,nor,six,seven,xi,xj,' vopts
says 'in subpackages' run 'inkeptkeptkeptkept of vopts-sub,' vopts
template vopt-words <<'END'
build_options="a b"
build_options_default="a"
makedepends="$(vopt_with a) $(vopt_with b x) $(vopt_enable a) $(vopt_enable b z)"
makedepends+=" $(vopt_bool a) $(vopt_bool b q) $(vopt_feature a) $(vopt_feature b y)"
END
words='--with-a,--without-x,--enable-a,--disable-z,'
words="$words-Da=true,-Dq=false,-Da=enabled,-Dy=disabled,"
says 'as flags' make "$words" vopt-words
echo 'vopt_with() { echo "with$1"; }' >>tree/common/environment/setup/options.sh
says 'of a tree with functions of its own' make "witha,withb,${words#*,*,}" vopt-words
cp "$test/void-packages/common/environment/setup/options.sh" \
	tree/common/environment/setup
template names <<'END'
for f in perl-A-1.0_1 perl-B-C-2.0_1; do
	depends+=" $($XBPS_UHELPER_CMD getpkgname ${f})"
done
depends+=" $($XBPS_UHELPER_CMD getpkgname lib-x-1.0_2)"
END
says 'names of pkgvers' run 'perl-A,perl-B-C,lib-x,' names
template cross <<'END'
makedepends="$XBPS_TARGET_MACHINE"
[ -z "$CROSS_BUILD" ] || makedepends+=" crossing"
END
says 'the target' make 'x86_64,' cross
says 'of a cross build' make 'aarch64,crossing,' -a aarch64 cross

# what overlays add to common/ and etc/
mkdir -p ov/srcpkgs/mine ov/etc
for d in environment/build-style environment/setup environment/setup-subpkg \
	build-helper build-profiles cross-profiles; do
	mkdir -p "ov/common/$d"
done
trees='-D ov -D tree'
mkdir tmp
export TMPDIR="$work/tmp"
template mine <<'END'
build_style=mine
build_helper="aid"
depends="at-$mine_place-$mine_site virtual?greeter virtual?mine"
mine-sub_package() {
	depends="$mine_part"
}
END
mv tree/srcpkgs/mine/template ov/srcpkgs/mine/template
rmdir tree/srcpkgs/mine
echo 'hostmakedepends+=" styler"' >ov/common/environment/build-style/mine.sh
echo 'makedepends+=" aide"' >ov/common/build-helper/aid.sh
echo 'mine_place=setup' >ov/common/environment/setup/mine.sh
echo 'mine_part=part' >ov/common/environment/setup-subpkg/mine.sh
echo 'mine_site=profile' >ov/common/build-profiles/x86_64.sh
cat tree/common/build-profiles/x86_64.sh >>ov/common/build-profiles/x86_64.sh
echo 'mine bye' >ov/etc/defaults.virtual
says 'a build style of an overlay' host 'styler,' mine
says 'a build helper' make 'aide,' mine
says 'set-up, lines of defaults.virtual' run \
	'at-setup-,hello virtual?greeter,bye virtual?mine,part of mine-sub,' mine
echo 'mine_site=site' >ov/common/environment/setup/install.sh
cat tree/common/environment/setup/install.sh >>ov/common/environment/setup/install.sh
says 'a file in place of the tree'\''s' run \
	'at-setup-site,hello virtual?greeter,bye virtual?mine,part of mine-sub,' mine
echo 'greeter bye' >>ov/etc/defaults.virtual
says 'a line of defaults.virtual too' run \
	'at-setup-site,bye virtual?greeter,bye virtual?mine,part of mine-sub,' mine
sed 's/aarch64/strange/g' tree/common/cross-profiles/aarch64.sh \
	>ov/common/cross-profiles/strange.sh
is 'a target' "$(tmpl -D ov -D tree -a strange -t)" \
	"$(tmpl -D tree -a aarch64 -t | sed 's/aarch64/strange/')"
mkdir -p first/srcpkgs first/common/build-helper
echo 'makedepends+=" first"' >first/common/build-helper/aid.sh
trees='-D first -D ov -D tree'
says 'the first overlay counts' make 'first,' mine
exits 111 'no place for what is merged' env TMPDIR=/dev/null tmpl -D ov -D tree mine
has 'which is said' err "an overlay's common/ cannot be merged"
is 'what is merged is gone' "$(ls tmp)" ''
template sleeps <<'END'
echo asleep >&2
sleep 600
END
mv tree/srcpkgs/sleeps ov/srcpkgs
merged() {
	find tmp -name aid.sh | grep -q .
}
unmerged() {
	[ -z "$(ls tmp)" ]
}
for sig in KILL TERM; do
	tmpl -D ov -D tree sleeps >out 2>&1 &
	await merged
	kill -s $sig $!
	wait $!
	await unmerged
	ok $? "when $sig ends us too"
done
unset TMPDIR
trees='-D tree'

template broken <<'END'
broken="does not compile
 with anything"
END
says 'a broken package' refused \
	'broken: does not compile  with anything,' broken
template nocross <<'END'
nocross="runs what it builds"
END
says 'one that can be built' refused '' nocross
says 'but not for others' refused 'nocross: runs what it builds,' \
	-a aarch64 nocross
template restricted <<'END'
restricted=yes
END
says 'a restricted one' refused 'restricted: yes,' restricted
XBPS_ALLOW_RESTRICTED=yes says 'which is allowed' refused '' restricted
template archs <<'END'
archs="~x86_64* ~*-musl"
END
says 'one for other machines' refused 'archs: not for x86_64,' archs
says 'for one of them' refused '' -a aarch64 archs

# what cannot be evaluated is named with its path and the reason
# fails NAME REASON ARG...: evaluating NAME beside others says so
fails() {
	fails_name=$1 fails_why=$2
	shift 2
	exits 1 "$fails_name" tmpl -D tree "$@" hello "$fails_name" bye
	failed "$fails_name" "$fails_why"
}
failed() {
	fails_name=$1 fails_why=$2
	grep -q "^tmpl: tree/srcpkgs/$fails_name/template: .*$fails_why" err
	fails_status=$?
	ok $fails_status "$fails_name: $fails_why"
	[ $fails_status -eq 0 ] || sed 's/^/# /' err
	is "$fails_name: the others unharmed" \
		"$(awk -F '\t' '$2 == "version" { print $1 }' out | tr '\n' ,)" \
		'hello,bye,'
}

# harmless NAME ARG...: NAME and the others are evaluated all the same
harmless() {
	harmless_name=$1
	shift
	exits 0 "$harmless_name" tmpl -D tree "$@" hello "$harmless_name" bye
	is "$harmless_name: all evaluated" \
		"$(awk -F '\t' '$2 == "version" { print $1 }' out | tr '\n' ,)" \
		"hello,$harmless_name,bye,"
}

template syntax <<'END'
if then
END
fails syntax 'failed to read .* line [0-9]*: syntax error near unexpected token'
template unset <<'END'
unset version
END
fails unset '"version" not set'
template dashed <<'END'
revision=-1_1
END
fails dashed 'no version and revision: dashed-'
template misnamed <<'END'
pkgname=other
END
fails misnamed 'pkgname is other\|missing misnamed_package'
template uninstalled <<'END'
metapackage=
END
fails uninstalled 'missing do_install() function'
template versioned <<'END'
makedepends="hello>=2.0"
END
fails versioned "version in build dependency 'hello>=2.0' is invalid"
template exact <<'END'
hostmakedepends="hello-2.0_1"
END
fails exact "version in build dependency 'hello-2.0_1' is invalid"
template unresolved <<'END'
depends="virtual?nonesuch"
END
fails unresolved 'no line in etc/virtual for nonesuch'
template quits <<'END'
exit 0
END
fails quits 'ended early, exit 0'
template quits-late <<'END'
quits-late-sub_package() { echo last words >&2; exit 3; }
END
fails quits-late 'exit 3: last words'
template loops <<'END'
while :; do :; done
END
template sleeps <<'END'
sleep 1000
END
template becomes <<'END'
exec sleep 1000
END
template forks <<'END'
bomb() { bomb | bomb & }
bomb
wait
while :; do sleep 1; done
END
template grows <<'END'
x=xxxxxxxx
while :; do x=$x$x; done
END
fails grows ended -l 600
template floods <<'END'
while :; do echo flood; echo flood >&2; echo flood >&9; done
END
for n in loops sleeps becomes forks floods; do
	tmpl -D tree -l 5 hello $n bye >out.$n 2>err.$n &
done
wait
for n in loops sleeps becomes forks floods; do
	cp out.$n out
	cp err.$n err
	failed $n 'takes longer than 5 s'
done

template reads <<'END'
read x
depends="$(cat)$x"
END
harmless reads
template kills <<'END'
kill -KILL $PPID
kill -KILL $$
kill -KILL -1
kill -KILL 0
:
END
harmless kills
template prints <<'END'
for fd in 1 2 3 4 5 6 7 8 9 10 11 12 60 63 255; do
	echo "garbage x v 9 . 0 ok" >&$fd
	printf 'no end' >&$fd
done 2>/dev/null
:
END
harmless prints
template haunts <<'END'
(while :; do echo "0123456789abcdef v 9"; printf boo; done >&9 2>&9) &
setsid sh -c 'while :; do echo boo >&9; done' &
END
harmless haunts
template rules <<'END'
set -eu
IFS=/
shopt -s nullglob extglob
trap 'echo trapped' EXIT ERR DEBUG RETURN
printf() { :; }
unset HOME PATH XBPS_DISTDIR
exec 2>&-
depends="a b"
END
exits 1 'rules over its own shell' tmpl -D tree hello rules bye
is 'rules: the others unharmed' \
	"$(awk -F '\t' '$2 == "version" { print $1 }' out | tr '\n' ,)" hello,bye,
template steals <<'END'
read -t 0.1 x <&8 && depends=$x
read -t 0.1 x <"/proc/$PPID/fd/8" && depends=$x
read -t 0.1 x <"/proc/$$/fd/8" && depends=$x
:
END
harmless steals
says 'steals: nothing' run '' steals
if landlock; then
	# the processes' numbers are those that /proc has
	template peers <<-'END'
		peersof() {
			local pid=self
			while [ "$pid" ] && [ -r "/proc/$pid/stat" ]; do
				command cat "/proc/$pid/environ" "/proc/$pid/maps"
				: <"/proc/$pid/mem" && echo mem
				pid=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status")
			done
			: </proc/uptime || echo no time
		}
		depends=$(peersof 2>/dev/null | wc -c)
	END
	harmless peers
	says 'peers: it sees nothing of others' run 0, peers
else
	skip 'peers: it sees nothing of others' 'no Landlock'
fi
mkdir outside
template writes <<END
touch "$work/outside/a" && depends+=" touched"
echo x >"$work/outside/b" && depends+=" written"
command mkdir "$work/outside/c" && depends+=" made"
echo x >"\$XBPS_SRCPKGDIR/writes/d" && depends+=" beside"
: >>"\$XBPS_SRCPKGDIR/writes/template" && depends+=" itself"
command rm -f "\$XBPS_SRCPKGDIR/hello/template"
:
END
chmod 777 outside tree/srcpkgs tree/srcpkgs/writes tree/srcpkgs/hello
harmless writes
says 'writes: nothing' run '' writes
is 'writes: nowhere' "$(find outside tree/srcpkgs/writes -type f)" \
	tree/srcpkgs/writes/template
template calls <<'END'
depends=$({ exec 5<>/dev/tcp/127.0.0.1/1; } 2>&1)
depends=${depends##*: }
END
tmpl -D tree calls >out 2>err
case $(cut -f 3 out | tr '\n' ' ') in
*'Operation not permitted'* | *'Network is unreachable'*) ok 0 'calls: nobody' ;;
*) ok 1 'calls: nobody' ;;
esac

is 'a name that is given twice' "$(tmpl -D tree hello bye hello 2>err |
	grep -c '	version	')" 3

# a directory, a link, and what is not there
mkdir tree/srcpkgs/empty
ln -s hello tree/srcpkgs/hello-link
ln -s hello-link tree/srcpkgs/hello-far
ln -s /etc tree/srcpkgs/abroad
ln -s round tree/srcpkgs/round
mkdir tree/srcpkgs/linked
ln -s ../hello/template tree/srcpkgs/linked/template
for n in empty abroad round linked ../hello . nonesuch; do
	exits 1 "no template: $n" tmpl -D tree "$n"
done
is 'links are followed inside' "$(spiff-deps -D tree -d hello-far)" \
	"$(spiff-deps -D tree -d hello)"

exits 111 'no such tree' tmpl -D nonesuch hello
exits 111 'no void-packages' sh -c 'mkdir -p bad/srcpkgs && tmpl -D bad hello'
exits 111 'no such target' tmpl -D tree -a pdp11 hello
has 'which is named' err pdp11
rm -rf bad
cp -R tree bad
echo : >bad/common/xbps-src/shutils/common.sh
exits 111 'a tree without setup_pkg' tmpl -D bad hello
has 'which is named' err 'no setup_pkg in'
rm -rf bad
cp -R tree bad
echo 'exit 5' >bad/common/environment/setup/zz.sh
exits 111 'a tree whose setup fails' tmpl -D bad hello
has 'which is named too' err "$work/bad: cannot be set up"
plan
