#!/bin/sh
# What is remembered of templates is true after any change.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/tmpl.sh"

template plain <<'END'
END
template options <<'END'
build_options="fast big"
build_options_default="fast"
makedepends="$(vopt_if fast fastlib) $(vopt_if big biglib)"
END
template quits <<'END'
exit 0
END

# What is remembered. Without bash on PATH nothing can be evaluated, so what is
# told then was remembered; nothing is of files that changed a moment ago.
export SPIFF_CACHE="$work/cache"
failing() {
	remembered quits
	! grep -q 'bash: No such file' again
}
mkdir nobash
ln -s "$(command -v tmpl)" nobash/tmpl
# shellcheck disable=SC2086
remembered() {
	tmpl $trees "$@" >out 2>err
	PATH=$work/nobash tmpl $trees "$@" >again 2>&1
}
# soon COMMAND...: it succeeds within some tries; once it has not, no other is
# waited for
tries=0
soon() {
	while [ $tries -lt 400 ]; do
		"$@" && {
			tries=0
			return
		}
		tries=$((tries + 1))
		sleep 0.05
	done
	"$@"
}
# knows NAME WHAT WANTED ARG...: it is said when evaluated and when remembered
knows() {
	knows_name=$1 knows_what=$2 knows_want=$3
	shift 3
	says "$knows_name" "$knows_what" "$knows_want" "$@"
	soon remembered "$@"
	is "$knows_name, remembered" "$(awk -F '\t' -v what="$knows_what" \
		'$2 == what { print $3 }' again | tr '\n' ,)" "$knows_want"
}
exits 111 'without bash nothing is known' env PATH="$work/nobash" \
	tmpl -D tree plain
has 'which is named' err 'bash: No such file'
knows 'a template' version '1.0_1,' plain
sed -i 's/^version=1.0/version=1.1/' tree/srcpkgs/plain/template
knows 'a changed template' version '1.1_1,' plain
cp -p tree/srcpkgs/plain/template before
sed -i 's/^version=1.1/version=1.2/' tree/srcpkgs/plain/template
touch -r before tree/srcpkgs/plain/template
knows 'one with the old time and size' version '1.2_1,' plain
cp -p before other
sed -i 's/^version=1.1/version=1.3/' other
mv other tree/srcpkgs/plain/template
knows 'one that was moved there' version '1.3_1,' plain
rm tree/srcpkgs/plain/template
exits 1 'one that is gone' tmpl -D tree plain
template plain <<'END'
build_style=gnu-makefile
END
knows 'and back' style 'gnu-makefile,' plain

template styled <<'END'
build_style=test
END
says 'a build style without environment' host '' styled
echo 'hostmakedepends+=" styler"' >tree/common/environment/build-style/test.sh
knows 'a new file in common/' host 'styler,' styled
echo 'hostmakedepends+=" sewer"' >tree/common/environment/build-style/test.sh
knows 'a changed one' host 'sewer,' styled
echo 'makedepends+=" aide"' >tree/common/build-helper/aid.sh
template helped <<'END'
build_helper="aid"
END
knows 'a build helper' make 'aide,' helped
# only NAME WANTED ARG...: of the templates those are known without bash
only() {
	only_name=$1 only_want=$2
	shift 2
	for n; do
		PATH=$work/nobash tmpl -D tree "$n" 2>/dev/null |
			awk -F '\t' '$2 == "version" { print $1 }'
	done >again
	is "$only_name" "$(tr '\n' , <again)" "$only_want"
}
soon remembered styled helped plain
only 'all three are remembered' 'styled,helped,plain,' styled helped plain
echo '#' >>tree/common/build-helper/aid.sh
only 'a changed helper concerns its users' 'styled,plain,' styled helped plain
echo 'hostmakedepends+=" saw"' >>tree/common/environment/build-style/test.sh
only 'a changed style its users' 'plain,' styled helped plain
knows 'which are evaluated again' host 'sewer,saw,' styled
knows 'which are evaluated again' make 'aide,' helped
echo ". \$XBPS_COMMONDIR/words" >>tree/common/build-helper/aid.sh
echo 'makedepends+=" word"' >tree/common/words
knows 'a helper that reads on' make 'aide,word,' helped
echo 'makedepends+=" other"' >tree/common/words
knows 'what it reads has changed' make 'aide,other,' helped
rm tree/common/environment/build-style/test.sh
knows 'a style that is gone' host '' styled
echo 'hostmakedepends+=" sewer"' >tree/common/environment/build-style/test.sh
knows 'and back' host 'sewer,' styled
touch tree/common/shlibs
remembered styled
ok $? 'what is not read does not count'
knows 'options by default' make 'fastlib,' options
echo 'XBPS_PKG_OPTIONS=big' >tree/etc/conf
knows 'a new etc/conf' make 'fastlib,biglib,' options
echo 'XBPS_PKG_OPTIONS=~fast' >tree/etc/conf
knows 'a changed one' make '' options
rm tree/etc/conf
knows 'none' make 'fastlib,' options
XBPS_PKG_OPTIONS=big knows 'the environment' make 'fastlib,biglib,' options
knows 'another one' make 'fastlib,' options
template greeted <<'END'
depends="virtual?greeter"
END
knows 'a virtual dependency' run 'hello virtual?greeter,' greeted
echo 'greeter bye' >tree/etc/virtual
knows 'another etc/virtual' run 'bye virtual?greeter,' greeted
rm tree/etc/virtual

# what a template reads by another path
# list N: the file that the N-th reads
list() {
	[ "$1" -eq 3 ] && echo tree/srcpkgs/xbps-triggers/files/list ||
		echo "tree/common/list$1"
}
# makes N: what the N-th needs
makes() {
	tmpl $trees "reads$1" | awk -F '\t' '$2 == "make" { print $3 }'
}
mkdir -p tree/srcpkgs/xbps-triggers/files
n=0
# shellcheck disable=SC2016 # for the template
for path in '$XBPS_DISTDIR/common/list1' '${XBPS_DISTDIR}/common/list2' \
	'$XBPS_TRIGGERSDIR/list'; do
	n=$((n + 1))
	echo one >"$(list $n)"
	echo "makedepends=\"\$(<$path)\"" | template "reads$n"
done
echo | template last
soon remembered last
ok $? 'templates as old as this one are remembered'
for n in 1 2 3; do
	is "a file that is read by another path, $n" "$(makes $n)" one
done
for n in 1 2 3; do
	echo two >"$(list $n)"
	is "it changes, $n" "$(makes $n)" two
	rm "$(list $n)"
done

mkdir -p tree/srcpkgs/lister/files
echo first >tree/srcpkgs/lister/files/list
template lister <<'END'
depends=$(cat "${FILESDIR}/list")
END
sed -i 's,FILESDIR,XBPS_SRCPKGDIR}/lister/files/list") #,' \
	tree/srcpkgs/lister/template
knows 'a file that a template reads' run 'first,' lister
echo second >tree/srcpkgs/lister/files/list
knows 'a changed one' run 'second,' lister
mkdir -p tree/srcpkgs/follower
template follower <<'END'
. "${XBPS_SRCPKGDIR}/lister/template"
pkgname=follower
END
says 'another template' run 'second,' follower
echo third >tree/srcpkgs/lister/files/list
says 'a changed one' run 'third,' follower

soon failing
has 'a failure' again 'template: ended early, exit 0'
soon remembered -a aarch64 -t plain
is 'the triplet' "$(tmpl -D tree -a aarch64 -t)" \
	"$(PATH=$work/nobash tmpl -D tree -a aarch64 -t)"

knows 'a sound file' version '1.0_1,' plain
for f in cache/*; do
	cp "$f" sound
	for damage in 's/version/virsion/' "\$d" '1s/1/2/' 's/1\.0/9.9/'; do
		sed "$damage" sound >"$f"
		says "a file damaged by $damage" version '1.0_1,' plain
	done
	head -c 1000 sound >"$f"
	says 'a short file' version '1.0_1,' plain
	: >"$f"
	says 'an empty file' version '1.0_1,' plain
	rm -f "$f"
	mkdir "$f"
	says 'a directory' version '1.0_1,' plain
	rmdir "$f"
done
SPIFF_CACHE=/dev/null/cache says 'no place' version '1.0_1,' plain
for _ in 1 2 3 4 5 6; do
	tmpl -D tree -e >/dev/null 2>&1 &
	tmpl -D tree plain hello bye >/dev/null 2>&1 &
done
wait
knows 'many writers' version '1.0_1,' plain
is 'no leftovers' "$(find cache -name '*.tmp')" ''

# what changes no contents: other links, other times, other inodes
# still NAME: what was remembered is
still() {
	still_name=$1
	# shellcheck disable=SC2086
	PATH=$work/nobash tmpl $trees plain lister greeted >again 2>&1
	is "$still_name" "$(grep -c '	version	' again)" 3
}
await remembered plain lister greeted
still 'all that follows'
cp -Rl tree linked
still 'more links'
rm -r linked
find tree -type f -exec touch {} +
still 'other times'
cp -Rp tree copy
rm -r tree
mv copy tree
still 'other files of the same contents'
echo >tree/.xbps-checkvers-0.60.1.plist
still 'what xbps-checkvers leaves'
echo ' ' >>tree/srcpkgs/plain/template
exits 111 'and not with other contents' env PATH="$work/nobash" tmpl -D tree plain
knows 'which are read' version '1.0_1,' plain

# another tree of the same contents
await remembered plain lister greeted
await failing
cp -R tree second
# known TREE: it needs no bash
known() {
	PATH=$work/nobash tmpl -D "$1" plain lister greeted >again 2>&1
	[ "$(grep -c '	version	' again)" = 3 ]
}
soon known second
ok $? 'a second checkout is known'
echo 'version=1.5' >>second/srcpkgs/plain/template
tmpl -D second plain | grep -q '1.5_1'
ok $? 'but for what differs'
known tree
ok $? 'and the first is as it was'
tmpl -D second quits 2>err
has 'an error has its own path' err second/srcpkgs/quits/template
mkdir other
cp -R tree/common tree/etc tree/srcpkgs other
echo '#' >>other/common/xbps-src/shutils/common.sh
! known other
ok $? 'a tree with another set-up is not'

mkdir -p overlay/srcpkgs/plain overlay/srcpkgs/extra
sed 's/^version=.*/version=2.0/' tree/srcpkgs/plain/template \
	>overlay/srcpkgs/plain/template
sed 's/plain/extra/' overlay/srcpkgs/plain/template \
	>overlay/srcpkgs/extra/template
trees='-D overlay -D tree'
knows 'an overlay' version '2.0_1,2.0_1,1.0_1,' plain extra hello
plan
